# From the integrated step form to machine code.
bdc_mlir_library(bdc_passes_back
  derive/Derive.cpp
  schedule/Schedule.cpp
  allocate/Allocate.cpp
  lower/ToLoops.cpp
  lower/ToGpu.cpp
  lower/FuseMultiplyAdd.cpp
  lower/builder.cpp
  lower/region.cpp
  lower/phase.cpp
  lower/elementwise.cpp
  lower/edges.cpp
  lower/gather.cpp
  lower/reduce.cpp
  lower/entry.cpp
  lower/run.cpp
  lower/descriptor.cpp
  LINK bdc_dialect_bd bdc_dialect_step
  DEPENDS BdcPassesIncGen)

# The recorder's part of a step as bitcode, without target attributes: it is linked into code for any processor.
find_program(BDC_CLANG clang++-22 REQUIRED)
set(sample ${CMAKE_CURRENT_BINARY_DIR}/sample)
add_custom_command(
  OUTPUT ${sample}.inc
  COMMAND ${BDC_CLANG} --target=x86_64-pc-linux-gnu -std=c++20 -O2 -fno-vectorize -fno-slp-vectorize -ffreestanding -fno-exceptions
    -fno-rtti -fno-ident -I${PROJECT_SOURCE_DIR} -emit-llvm -c ${CMAKE_CURRENT_SOURCE_DIR}/lower/sample.cpp -o ${sample}.bc
  COMMAND od -An -v -tu1 ${sample}.bc | sed -E "s/ +/,/g; s/^,//; s/$/,/" > ${sample}.inc
  DEPENDS lower/sample.cpp ${PROJECT_SOURCE_DIR}/runtime/abi.h
  COMMENT "Recorder to bitcode"
  VERBATIM)

bdc_mlir_library(bdc_target target/pipeline.cpp target/codegen.cpp target/link.cpp target/masks.cpp target/ptx.cpp target/load.cpp target/sample_bitcode.cpp ${sample}.inc
  LINK bdc_passes_back bdc_kernels bdc_runtime)
target_include_directories(bdc_target PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
