# Everything comes from the system, or from vcpkg with MSVC: CMake downloads nothing.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
if(MINGW AND CMAKE_CROSSCOMPILING)
  include(CrossDependencies)
else()
  find_package(Boost 1.81 REQUIRED)
  find_package(spdlog REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  if(PTYD_BUILD_TESTS)
    find_package(GTest REQUIRED)
  endif()
endif()

# Debian's RE2 describes itself to pkg-config only, those of others to CMake only.
add_library(ptyd_re2 INTERFACE)
find_package(re2 CONFIG QUIET)
if(re2_FOUND)
  target_link_libraries(ptyd_re2 INTERFACE re2::re2)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
  target_link_libraries(ptyd_re2 INTERFACE PkgConfig::RE2)
endif()

find_program(PTYD_CCACHE ccache)
if(PTYD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Another checkout finds what this one compiled: paths below the source folder are taken relative to it.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${PTYD_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()
