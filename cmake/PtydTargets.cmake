# Settings that every target of ours shares, and the functions that make targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# Warnings, sanitizers and hardening. Linked PRIVATE by our targets, never exported.
add_library(ptyd_options INTERFACE)
target_include_directories(ptyd_options INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
if(MSVC)
  target_compile_options(ptyd_options INTERFACE /W4 /permissive- /Zc:__cplusplus /EHsc /utf-8 /bigobj)
else()
  target_compile_options(ptyd_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Wconversion -Wno-sign-conversion
    -Woverloaded-virtual -Wnull-dereference -fstack-protector-strong)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees null dereferences, dangling pointers and overlaps in coroutine frames and library code that are none.
  target_compile_options(ptyd_options INTERFACE -Wno-null-dereference -Wno-dangling-pointer -Wno-maybe-uninitialized
    -Wno-mismatched-new-delete -Wno-restrict)
endif()
if(PTYD_WERROR)
  target_compile_options(ptyd_options INTERFACE $<IF:$<BOOL:${MSVC}>,/WX,-Werror>)
endif()
if(WIN32)
  # Windows 10 1809, the first that has pseudoconsoles. Wide functions only: the narrow ones lose names.
  add_library(ptyd_windows INTERFACE)
  target_compile_definitions(ptyd_windows INTERFACE _WIN32_WINNT=0x0A00 NTDDI_VERSION=0x0A000006 WIN32_LEAN_AND_MEAN
    NOMINMAX UNICODE _UNICODE)
  target_link_libraries(ptyd_options INTERFACE ptyd_windows)
endif()
if(MINGW)
  target_link_options(ptyd_options INTERFACE -fstack-protector-strong)  # brings the library that it needs here
  # The same sources make the same program, in any folder and at any time. Where ccache takes the folder out of names,
  # they begin with "../../".
  target_link_options(ptyd_options INTERFACE LINKER:--no-insert-timestamp)
  target_compile_options(ptyd_options INTERFACE "$<$<CONFIG:Release>:-fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=;-fmacro-prefix-map=../../=>")
  # GetProcAddress() gives one type for all functions.
  target_compile_options(ptyd_options INTERFACE -Wno-cast-function-type -Wa,-mbig-obj)
endif()
if(PTYD_TEST_HOOKS)
  target_compile_definitions(ptyd_options INTERFACE PTYD_TEST_HOOKS=1)
endif()
if(PTYD_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(ptyd_options INTERFACE -Wno-tsan)  # Asio's fences, which the sanitizer does not model
endif()
if(PTYD_SANITIZE)
  target_compile_options(ptyd_options INTERFACE -fsanitize=${PTYD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ptyd_options INTERFACE -fsanitize=${PTYD_SANITIZE})
  if(PTYD_SANITIZE MATCHES "address")
    target_compile_definitions(ptyd_options INTERFACE PTYD_CHECKS_BOUNDS)
  endif()
  # clang 14 can't check calls by pointers in a coroutine's file: "Cannot represent a difference across sections".
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND PTYD_SANITIZE MATCHES "undefined")
    target_compile_options(ptyd_options INTERFACE -fno-sanitize=function)
  endif()
elseif(NOT MSVC)
  target_compile_options(ptyd_options INTERFACE "$<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=2>")
  target_link_options(ptyd_options INTERFACE
    "$<$<AND:$<PLATFORM_ID:Linux>,$<NOT:$<BOOL:${PTYD_STATIC}>>>:LINKER:-z,relro,-z,now>")
endif()

# Boost.Asio as we use it: C++20 coroutines, no deprecated names, headers only.
add_library(ptyd_asio INTERFACE)
target_link_libraries(ptyd_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(ptyd_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_ARRAY)
if(WIN32)
  target_link_libraries(ptyd_asio INTERFACE ptyd_windows ws2_32 mswsock)
endif()
if(MINGW)
  # Which threads Asio has depends on whether <unistd.h> came before it: its classes would differ between our files.
  target_compile_options(ptyd_asio INTERFACE "SHELL:-include boost/asio/detail/config.hpp")
endif()

# ptyd_platform_sources(target stem...): adds stem_posix.cpp, or the one for this system where it exists:
# stem_linux.cpp, stem_macos.cpp, stem_bsd.cpp, stem_windows.cpp.
function(ptyd_platform_sources target)
  if(WIN32)
    set(suffixes windows)
  elseif(APPLE)
    set(suffixes macos posix)
  elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(suffixes linux posix)
  else()
    set(suffixes bsd posix)
  endif()
  foreach(stem IN LISTS ARGN)
    set(found FALSE)
    foreach(suffix IN LISTS suffixes)
      if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${stem}_${suffix}.cpp")
        target_sources(${target} PRIVATE "${stem}_${suffix}.cpp")
        set(found TRUE)
        break()
      endif()
    endforeach()
    if(NOT found)
      message(FATAL_ERROR "no platform file for ${stem} on ${CMAKE_SYSTEM_NAME}")
    endif()
  endforeach()
endfunction()

# ptyd_add_library(target SOURCES ... PLATFORM stems... LINK targets...)
function(ptyd_add_library target)
  cmake_parse_arguments(ARG "" "" "SOURCES;PLATFORM;LINK" ${ARGN})
  add_library(${target} STATIC ${ARG_SOURCES})
  if(ARG_PLATFORM)
    ptyd_platform_sources(${target} ${ARG_PLATFORM})
  endif()
  target_link_libraries(${target} PUBLIC ${ARG_LINK} PRIVATE ptyd_options)
endfunction()

# ptyd_add_executable(target SOURCES ... PLATFORM stems... LINK targets...)
function(ptyd_add_executable target)
  cmake_parse_arguments(ARG "" "" "SOURCES;PLATFORM;LINK" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  if(ARG_PLATFORM)
    ptyd_platform_sources(${target} ${ARG_PLATFORM})
  endif()
  target_link_libraries(${target} PRIVATE ${ARG_LINK} ptyd_options)
endfunction()

# Programs for Windows run under Wine where they are not at home.
if(WIN32 AND CMAKE_CROSSCOMPILING)
  set(PTYD_WINE_PREFIX "${CMAKE_BINARY_DIR}/wine" CACHE PATH "Wine's folder, of this build alone")
  set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_SOURCE_DIR}/tests/wine/run.sh" "${PTYD_WINE_PREFIX}")
endif()

# ptyd_set_up_tests(LABEL TIMEOUT test... [ENV NAME=value...]): what tests that run one of our programs have in common.
function(ptyd_set_up_tests label timeout)
  cmake_parse_arguments(ARG "" "" "ENV" ${ARGN})
  set_tests_properties(${ARG_UNPARSED_ARGUMENTS} PROPERTIES LABELS "${label}" TIMEOUT ${timeout}
    ENVIRONMENT "PTYD_BIN_DIR=${CMAKE_BINARY_DIR}/bin;PTYD_SOURCE_DIR=${CMAKE_SOURCE_DIR};${ARG_ENV}")
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    set_tests_properties(${ARG_UNPARSED_ARGUMENTS} PROPERTIES FIXTURES_REQUIRED wine
      FAIL_REGULAR_EXPRESSION "Unhandled (exception|page fault)|unimplemented function")
  endif()
endfunction()

# Everything that the tests of these labels need: for builds that run only them.
add_custom_target(unit_tests)

# ptyd_add_test(name LABEL label [TIMEOUT seconds] SOURCES ... [PLATFORM stems...] LINK ... [ENV NAME=value...])
# One GoogleTest program, run as one CTest entry.
function(ptyd_add_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;PLATFORM;LINK;ENV" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  if(ARG_PLATFORM)
    ptyd_platform_sources(${name} ${ARG_PLATFORM})
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main ptyd_options)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${name})
  if(ARG_LABEL MATCHES "^(unit|host|integration)$")
    add_dependencies(unit_tests ${name})
  endif()
  ptyd_set_up_tests("${ARG_LABEL}" ${ARG_TIMEOUT} ${name} ENV ${ARG_ENV})
endfunction()
