# ptyd_link_statically(target): a program without shared libraries, which starts in half the time. What the system has no
# static libraries for stays dynamic. A target asks $<TARGET_PROPERTY:PTYD_STATIC> what it is to give to such a program.
include(CheckCXXSourceCompiles)
include(CheckCXXSourceRuns)

set(PTYD_STATIC_FLAGS -static-pie)
# What client/lazy_descriptors.cpp has in place of libprotobuf's: of version 3.21, and of others when it works with them.
set(runner "_ZN6google8protobuf8internal20AddDescriptorsRunner")
set(table "EPKNS1_15DescriptorTableE")
set(PTYD_LAZY_FLAGS LINKER:--wrap=${runner}C1${table} LINKER:--wrap=${runner}C2${table})

if(PTYD_STATIC_CLIENT AND NOT PTYD_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  get_filename_component(protobuf_folder "${Protobuf_LIBRARY}" DIRECTORY)
  find_library(PTYD_PROTOBUF_ARCHIVE NAMES libprotobuf.a HINTS "${protobuf_folder}")
  if(PTYD_PROTOBUF_ARCHIVE)
    set(check [[
      #include <google/protobuf/struct.pb.h>
      #include <google/protobuf/util/json_util.h>
      int main() {
        google::protobuf::Value value;
        const auto read = google::protobuf::util::JsonStringToMessage(R"({"a":[1,"b"]})", &value);
        return read.ok() && value.struct_value().fields().at("a").list_value().values(1).string_value() == "b" ? 0 : 1;
      }]])
    file(READ "${CMAKE_SOURCE_DIR}/client/lazy_descriptors.cpp" lazy)
    set(CMAKE_REQUIRED_INCLUDES ${Protobuf_INCLUDE_DIRS})
    set(CMAKE_REQUIRED_LIBRARIES "${PTYD_PROTOBUF_ARCHIVE}" Threads::Threads)
    set(CMAKE_REQUIRED_LINK_OPTIONS ${PTYD_STATIC_FLAGS})
    check_cxx_source_compiles("${check}" PTYD_CAN_LINK_STATICALLY)
    if(PTYD_CAN_LINK_STATICALLY AND NOT CMAKE_CROSSCOMPILING)
      set(CMAKE_REQUIRED_LINK_OPTIONS ${PTYD_STATIC_FLAGS} ${PTYD_LAZY_FLAGS})
      check_cxx_source_runs("${lazy}\n${check}" PTYD_DESCRIPTORS_CAN_BE_LAZY)
    endif()
    unset(CMAKE_REQUIRED_INCLUDES)
    unset(CMAKE_REQUIRED_LIBRARIES)
    unset(CMAKE_REQUIRED_LINK_OPTIONS)
  endif()
  if(NOT PTYD_CAN_LINK_STATICALLY)
    message(STATUS "ptyctl is linked dynamically: a static libprotobuf or C library is missing")
  endif()
endif()

# What ptyd_proto gives to a static program in place of protobuf::libprotobuf.
add_library(ptyd_static_protobuf INTERFACE)
target_include_directories(ptyd_static_protobuf SYSTEM INTERFACE ${Protobuf_INCLUDE_DIRS})
target_link_libraries(ptyd_static_protobuf INTERFACE ${PTYD_PROTOBUF_ARCHIVE} Threads::Threads)

function(ptyd_link_statically target)
  if(NOT PTYD_CAN_LINK_STATICALLY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES PTYD_STATIC ON)
  # The linker warns that looking a user up needs the C library it was built with: that is so, and only without HOME.
  target_link_options(${target} PRIVATE ${PTYD_STATIC_FLAGS} LINKER:--gc-sections)
  if(PTYD_DESCRIPTORS_CAN_BE_LAZY)
    target_sources(${target} PRIVATE "${CMAKE_SOURCE_DIR}/client/lazy_descriptors.cpp")
    target_link_options(${target} PRIVATE ${PTYD_LAZY_FLAGS})
  endif()
endfunction()
