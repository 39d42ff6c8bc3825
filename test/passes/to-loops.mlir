// RUN: bdc-opt %s --step-schedule --step-allocate --step-to-loops="width=4" | FileCheck %s
// RUN: bdc-opt %s --step-schedule --step-allocate --step-to-loops="width=16 precision=f32" | FileCheck %s --check-prefix=F32

// Two populations of one kind share the function of their phase. The time and what follows from it are computed in front of the loops: one walks
// up, and down again the last elements of a thread that has a neighbour.
// CHECK:       func.func @bdc_derive(
// CHECK:       func.func @bdc_init(
// CHECK:       func.func private @phase_0(
// CHECK:         %[[S:.*]] = arith.sitofp
// CHECK:         %[[T:.*]] = arith.mulf %[[S]]
// CHECK:         vector.broadcast %[[T]] : f64 to vector<4xf64>
// CHECK:         scf.for {{.*}} = %c0
// CHECK:           scf.for {{.*}} iter_args(
// CHECK-NEXT:      llvm.getelementptr
// CHECK-NEXT:      llvm.load {{.*}} {alignment = 32 : i64} : !llvm.ptr -> vector<4xf64>
// CHECK:           arith.addf {{.*}} : vector<4xf64>
// CHECK:           llvm.store
// CHECK-NOT:   @phase_1
// CHECK:       func.func @bdc_run(
// CHECK:         scf.for
// CHECK-COUNT-2:   func.call @phase_0
// CHECK:           func.call @bdc_sample
// CHECK:       llvm.mlir.global external constant @bdc_descriptor(
// F32:         vector<16xf32>
step.program @twins of "Twins" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.space @Q size @N
  step.state @x : !step.array<!bd.q<"ms">, @P> hidden
  step.state @y : !step.array<!bd.q<"ms">, @Q> hidden
  step.loop [@x, @y] {
  ^bb0(%x: !step.array<!bd.q<"ms">, @P>, %y: !step.array<!bd.q<"ms">, @Q>):
    %x1 = step.map @P (%x : !step.array<!bd.q<"ms">, @P>) {
    ^bb0(%e: !bd.q<"ms">):
      %t = bd.time : !bd.q<"ms">
      %0 = bd.add %e, %t : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %0 : !bd.q<"ms">
    } -> !step.array<!bd.q<"ms">, @P>
    %y1 = step.map @Q (%y : !step.array<!bd.q<"ms">, @Q>) {
    ^bb0(%e: !bd.q<"ms">):
      %t = bd.time : !bd.q<"ms">
      %0 = bd.add %e, %t : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %0 : !bd.q<"ms">
    } -> !step.array<!bd.q<"ms">, @Q>
    step.next %x1, %y1 : !step.array<!bd.q<"ms">, @P>, !step.array<!bd.q<"ms">, @Q>
  }
}
