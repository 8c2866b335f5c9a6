# For a build for Windows on another system: libraries that are headers only are taken from that system, each through a
# link of its own, as its whole include folder would bring the headers of its C library along.
set(headers "${CMAKE_BINARY_DIR}/host_headers")
file(MAKE_DIRECTORY "${headers}")
foreach(probe boost/asio.hpp spdlog/spdlog.h fmt/format.h CLI/CLI.hpp toml++/toml.h)
  get_filename_component(name "${probe}" DIRECTORY)
  find_path(PTYD_HOST_${name}_DIR "${probe}" PATHS /usr/include /usr/local/include NO_DEFAULT_PATH
    NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  file(CREATE_LINK "${PTYD_HOST_${name}_DIR}/${name}" "${headers}/${name}" SYMBOLIC)
endforeach()

foreach(target Boost::headers spdlog::spdlog CLI11::CLI11 tomlplusplus::tomlplusplus)
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE "${headers}")
endforeach()
target_compile_definitions(Boost::headers INTERFACE BOOST_ALL_NO_LIB)
target_compile_definitions(spdlog::spdlog INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)

if(PTYD_BUILD_TESTS)
  find_path(PTYD_GOOGLETEST_DIR googletest/CMakeLists.txt PATHS /usr/src/googletest NO_DEFAULT_PATH
    NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  set(INSTALL_GTEST OFF)
  add_subdirectory("${PTYD_GOOGLETEST_DIR}" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL SYSTEM)
endif()
