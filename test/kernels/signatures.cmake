# Reads the bitcode as text and holds it against what code generation relies on.
execute_process(COMMAND ${TOOLS}/llvm-dis ${HOST} -o - OUTPUT_VARIABLE host COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${TOOLS}/llvm-dis ${NVPTX} -o - OUTPUT_VARIABLE nvptx COMMAND_ERROR_IS_FATAL ANY)
foreach(signature
    "<8 x double> @bdc_exp_f64x8\\(<8 x double> [a-z]*" "<16 x double> @bdc_exprel_f64x16\\(<16 x double> [a-z]*"
    "<16 x float> @bdc_tanh_f32x16\\(<16 x float> [a-z]*" "double @bdc_log_f64x1\\(double [a-z]*"
    "<4 x double> @bdc_pow_f64x4\\(<4 x double> [a-z]* %0, <4 x double> [a-z]*"
    "<2 x float> @bdc_normal_f32x2\\(i64 [a-z]* %0, i64 [a-z]* %1, i64 [a-z]* %2, i32 [a-z]*"
    "<8 x double> @bdc_gamma_f64x8\\(i64 [a-z]* %0, i64 [a-z]* %1, i64 [a-z]* %2, i32 [a-z]* %3, <8 x double> [a-z]*")
  if(NOT host MATCHES "define [a-z_ ]*${signature}")
    message(FATAL_ERROR "host bitcode lacks ${signature}")
  endif()
endforeach()
foreach(name host nvptx)
  foreach(word "target-cpu" "target-features" "byval" "sret" "comdat" "!dbg" "llvm.module.flags")
    string(FIND "${${name}}" "${word}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${name} bitcode contains ${word}")
    endif()
  endforeach()
endforeach()

# Clang takes the version of PTX from an installed CUDA; without one it takes one that is too old for sm_80.
execute_process(COMMAND ${CLANG} --target=nvptx64-nvidia-cuda -march=sm_80 -Xclang -target-feature -Xclang +ptx70 -x ir -O1 -Wno-override-module -S ${NVPTX} -o -
  OUTPUT_VARIABLE ptx COMMAND_ERROR_IS_FATAL ANY)
if(NOT ptx MATCHES "func .*bdc_exprel_f32x1")
  message(FATAL_ERROR "PTX lacks bdc_exprel_f32x1")
endif()
if(ptx MATCHES "\\.extern \\.func[^;]*;")
  message(FATAL_ERROR "PTX calls ${CMAKE_MATCH_0}")
endif()
