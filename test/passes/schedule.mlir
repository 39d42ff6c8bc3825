// RUN: bdc-opt %s --step-schedule | FileCheck %s
// RUN: bdc-opt %s --step-schedule --step-allocate | FileCheck %s --check-prefix=SLOTS

// The sum over edges comes first; everything on single elements of a space is one phase, with a copy for the state that takes
// another's value.
// CHECK-LABEL: step.program @two
// CHECK:       step.loop
// CHECK:         %[[C:.*]] = step.phase @P {
// CHECK-NEXT:      step.contract @g
// CHECK:         %[[P:.*]]:2 = step.phase @P {
// CHECK-COUNT-2:   step.map @P
// CHECK-NOT:     step.phase
// CHECK:         step.next %[[P]]#{{.}}, %[[P]]#

// x changes in place although others read it in the sum: the sum is an array of its own, and whoever changes x waits for all who sum.
// SLOTS-LABEL: step.program @two
// SLOTS:         step.state @work.0 : !step.array<!bd.q<"1">, @P> work
// SLOTS:         step.phase @P after [#step.wait<1 ago 1>] reads [@x] writes [@work.0]
// SLOTS:         } slots [@work.0]
// SLOTS:         step.phase @P after [#step.wait<0 ago 0>] reads [@work.0, @x] writes [@{{[xy]}}, @{{[xy]}}]
// SLOTS:         } slots [@{{[xy]}}, @{{[xy]}}]
step.program @two {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.graph @g from @P to @P connect "all_to_all" ([]) key "g"
  step.state @x : !step.array<!bd.q<"1">, @P> hidden
  step.state @y : !step.array<!bd.q<"1">, @P> hidden
  step.loop [@x, @y] {
  ^bb0(%x: !step.array<!bd.q<"1">, @P>, %y: !step.array<!bd.q<"1">, @P>):
    %c = step.contract @g sources (%x : !step.array<!bd.q<"1">, @P>) {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"1">):
      bd.yield %s : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @P>
    %x1 = step.map @P (%c : !step.array<!bd.q<"1">, @P>) {
    ^bb0(%e: !bd.q<"1">):
      bd.yield %e : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @P>
    step.next %x1, %x : !step.array<!bd.q<"1">, @P>, !step.array<!bd.q<"1">, @P>
  }
}
