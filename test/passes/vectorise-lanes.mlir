// RUN: bdc-opt %s --step-schedule --step-allocate --step-to-loops="width=4 side-by-side" --bdc-fuse-multiply-add --bdc-vectorise-lanes | FileCheck %s
// RUN: bdc-opt --statistics %s --step-schedule --step-allocate --step-to-loops="width=4 side-by-side" --bdc-fuse-multiply-add --bdc-vectorise-lanes -o /dev/null 2>&1 | FileCheck %s --check-prefix=COUNT

// One element of four lanes: what is the same for all stays one number, pointers and scalars of the lanes lie side by side in the pack.
// CHECK-NOT:   @single_
// CHECK:       func.func private @lanes_phase_0(
// CHECK:         llvm.load {{.*}} -> vector<4x!llvm.ptr>
// CHECK:         %[[S:.*]] = arith.sitofp
// CHECK:         %[[DT:.*]] = llvm.load {{.*}} -> vector<4xf64>
// CHECK:         scf.for
// CHECK:           %[[X:.*]] = llvm.intr.masked.gather
// CHECK:           %[[T:.*]] = vector.broadcast %[[S]] : f64 to vector<4xf64>
// CHECK:           math.fma %[[T]], %[[DT]], %[[X]] : vector<4xf64>
// CHECK:           llvm.intr.masked.scatter
// CHECK:       func.func @bdc_run_lanes(%[[LANES:.*]]: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64) -> i32
// CHECK:         scf.for
// CHECK:         scf.for
// CHECK-COUNT-2:   func.call @lanes_phase_0(%[[LANES]]
// CHECK:           func.call @bdc_sample_lanes
// COUNT:       1  bdc-vectorise-lanes: vectorised
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
