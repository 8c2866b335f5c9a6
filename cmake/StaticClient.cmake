# ptyd_link_statically(target): a program without shared libraries, which starts in half the time. What the system has no
# static libraries for stays dynamic. A target asks $<TARGET_PROPERTY:PTYD_STATIC> what it is to give to such a program.
include(CheckCXXSourceCompiles)

set(PTYD_STATIC_FLAGS -static-pie)
if(PTYD_STATIC_CLIENT AND NOT PTYD_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  get_filename_component(protobuf_folder "${Protobuf_LIBRARY}" DIRECTORY)
  find_library(PTYD_PROTOBUF_ARCHIVE NAMES libprotobuf.a HINTS "${protobuf_folder}")
  if(PTYD_PROTOBUF_ARCHIVE)
    set(CMAKE_REQUIRED_FLAGS ${PTYD_STATIC_FLAGS})
    set(CMAKE_REQUIRED_INCLUDES ${Protobuf_INCLUDE_DIRS})
    set(CMAKE_REQUIRED_LIBRARIES "${PTYD_PROTOBUF_ARCHIVE}" Threads::Threads)
    check_cxx_source_compiles([[
      #include <google/protobuf/struct.pb.h>
      #include <google/protobuf/util/json_util.h>
      int main() {
        google::protobuf::Value value;
        return google::protobuf::util::JsonStringToMessage("1", &value).ok() ? 0 : 1;
      }]] PTYD_CAN_LINK_STATICALLY)
    unset(CMAKE_REQUIRED_FLAGS)
    unset(CMAKE_REQUIRED_INCLUDES)
    unset(CMAKE_REQUIRED_LIBRARIES)
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
endfunction()
