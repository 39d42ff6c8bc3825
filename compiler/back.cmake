# From the integrated step form to machine code.
bdc_mlir_library(bdc_passes_back
  derive/Derive.cpp
  schedule/Schedule.cpp
  allocate/Allocate.cpp
  allocate/waits.cpp
  lower/ToLoops.cpp
  lower/ToGpu.cpp
  lower/FuseMultiplyAdd.cpp
  lower/ToControlFlow.cpp
  lower/builder.cpp
  lower/region.cpp
  lower/phase.cpp
  lower/elementwise.cpp
  lower/edges.cpp
  lower/edge_terms.cpp
  lower/gather.cpp
  lower/reduce.cpp
  lower/entry.cpp
  lower/run.cpp
  lower/one_lane.cpp
  lower/VectoriseLanes.cpp
  lower/descriptor.cpp
  lower/describe_objective.cpp
  LINK bdc_dialect_bd bdc_dialect_step
  DEPENDS BdcPassesIncGen)

# Parts of a step that are written in C++, as bitcode without target attributes: it is linked into code for any processor.
find_program(BDC_CLANG clang++-22 REQUIRED)
set(parts)
foreach(part sample due order)
  set(base ${CMAKE_CURRENT_BINARY_DIR}/${part})
  add_custom_command(
    OUTPUT ${base}.inc
    COMMAND ${BDC_CLANG} --target=x86_64-pc-linux-gnu -std=c++20 -O2 -fno-vectorize -fno-slp-vectorize -ffreestanding -fno-exceptions
      -fno-rtti -fno-ident -I${PROJECT_SOURCE_DIR} -emit-llvm -c ${CMAKE_CURRENT_SOURCE_DIR}/lower/${part}.cpp -o ${base}.bc
    COMMAND od -An -v -tu1 ${base}.bc | sed -E "s/ +/,/g; s/^,//; s/$/,/" > ${base}.inc
    DEPENDS lower/${part}.cpp ${PROJECT_SOURCE_DIR}/runtime/abi.h
    COMMENT "Part of a step to bitcode: ${part}"
    VERBATIM)
  list(APPEND parts ${base}.inc)
endforeach()

bdc_mlir_library(bdc_target target/pipeline.cpp target/codegen.cpp target/link.cpp target/masks.cpp target/native.cpp target/split.cpp target/ptx.cpp target/load.cpp target/parts.cpp ${parts}
  LINK bdc_passes_back bdc_kernels bdc_runtime)
target_include_directories(bdc_target PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
