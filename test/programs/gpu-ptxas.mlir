// REQUIRES: ptxas
// CUDA's assembler takes what --emit ptx writes.
// RUN: run-step %S/gpu.mlir --emit ptx --cpu sm_80 > %t.80.ptx
// RUN: ptxas -arch=sm_80 %t.80.ptx -o %t.80.cubin
// RUN: run-step %S/gpu.mlir --emit ptx --cpu sm_90 --precision f32 > %t.90.ptx
// RUN: ptxas -arch=sm_90 %t.90.ptx -o %t.90.cubin
