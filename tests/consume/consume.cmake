# One run of the test: install, build twice, run both programs.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}: ended with ${status}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(check_output program)
  run("${program}" "${WORK}/no-such.sock")
  if(NOT output MATCHES "unavailable: no daemon listens")
    message(FATAL_ERROR "${program} said: ${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
run("${CMAKE_COMMAND}" --build "${BUILD}" --target libptyd)
run("${CMAKE_COMMAND}" --install "${BUILD}" --component dev --prefix "${WORK}/first")
# An installed tree may be moved.
file(RENAME "${WORK}/first" "${WORK}/prefix")

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${PROJECT}" -B "${WORK}/cmake" "-DCMAKE_CXX_COMPILER=${CXX}"
  "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
run("${CMAKE_COMMAND}" --build "${WORK}/cmake")
check_output("${WORK}/cmake/list_sessions")

if(PKG_CONFIG)
  set(ENV{PKG_CONFIG_PATH} "${WORK}/prefix/${LIBDIR}/pkgconfig")
  run("${PKG_CONFIG}" --cflags --libs libptyd)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run("${CXX}" -std=c++20 "${PROJECT}/main.cpp" -o "${WORK}/list_sessions" ${flags})
  check_output("${WORK}/list_sessions")
endif()
