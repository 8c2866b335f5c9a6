# Builds for Windows on Linux, with MinGW-w64. Libraries come from the folder that packaging/windows/build_dependencies.sh
# made, the compiler's own runtime is linked statically: a program needs only what Windows has.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
# Those with POSIX threads: the others have no std::thread and std::mutex.
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

if(NOT PTYD_MINGW_PREFIX)
  execute_process(COMMAND bash "${CMAKE_CURRENT_LIST_DIR}/../packaging/windows/build_dependencies.sh" --prefix
    OUTPUT_VARIABLE PTYD_MINGW_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(NOT EXISTS "${PTYD_MINGW_PREFIX}/complete")
    message(FATAL_ERROR "first run packaging/windows/build_dependencies.sh")
  endif()
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PTYD_MINGW_PREFIX)
set(CMAKE_FIND_ROOT_PATH "${PTYD_MINGW_PREFIX}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
