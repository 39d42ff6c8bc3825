// RUN: bdc-opt %s --bdc-to-control-flow | FileCheck %s
// RUN: bdc-opt --statistics %s --bdc-to-control-flow -o /dev/null 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: 3  bdc-to-control-flow: lowered

// A loop, a branch in it, and a branch behind it: no structured operation is left, and values leave them as arguments of blocks.
// CHECK-LABEL: func @sum
// CHECK:         cf.br ^[[HEAD:.*]](%{{.*}}, %{{.*}} : index, f64)
// CHECK:       ^[[HEAD]](%{{.*}}: index, %{{.*}}: f64):
// CHECK:         cf.cond_br
// CHECK:         cf.cond_br
// CHECK:         cf.br ^[[HEAD]]
// CHECK:         cf.cond_br
// CHECK-NOT:     scf
// CHECK:         return
func.func @sum(%n: index, %limit: f64) -> f64 {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %start = arith.constant 0.0 : f64
  %step = arith.constant 2.0 : f64
  %sum = scf.for %i = %zero to %n step %one iter_args(%s = %start) -> (f64) {
    %small = arith.cmpf olt, %s, %limit : f64
    %next = scf.if %small -> (f64) {
      %more = arith.addf %s, %step : f64
      scf.yield %more : f64
    } else {
      scf.yield %s : f64
    }
    scf.yield %next : f64
  }
  %large = arith.cmpf ogt, %sum, %limit : f64
  %result = scf.if %large -> (f64) {
    scf.yield %limit : f64
  } else {
    scf.yield %sum : f64
  }
  return %result : f64
}
