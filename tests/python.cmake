# Tests in Python: the interpreter, and the protocol's messages for it.
# The system's interpreter first: it has the system's protobuf.
find_program(PTYD_TEST_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(PTYD_TEST_PYTHON python3 REQUIRED)

set(PTYD_GENERATED_PYTHON "${CMAKE_BINARY_DIR}/generated_python")
set(proto "${CMAKE_SOURCE_DIR}/proto")
file(MAKE_DIRECTORY "${PTYD_GENERATED_PYTHON}")
add_custom_command(
  OUTPUT "${PTYD_GENERATED_PYTHON}/ptyd/v1/ptyd_pb2.py"
  COMMAND protobuf::protoc "--proto_path=${proto}" "--python_out=${PTYD_GENERATED_PYTHON}" "${proto}/ptyd/v1/ptyd.proto"
  DEPENDS "${proto}/ptyd/v1/ptyd.proto" protobuf::protoc
  COMMENT "Generating Python from ptyd.proto"
  VERBATIM)
add_custom_target(ptyd_python_proto ALL DEPENDS "${PTYD_GENERATED_PYTHON}/ptyd/v1/ptyd_pb2.py")
