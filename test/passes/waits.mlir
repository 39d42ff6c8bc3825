// What the threads of a step wait for.
// RUN: bdc-opt %s --step-schedule --step-allocate | FileCheck %s
// RUN: bdc-opt --statistics --step-schedule --step-allocate %s -o /dev/null 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: 4  step-allocate: waits - Times in a step that a thread waits for others
!g = !step.array<!bd.q<"1">, @P>

// Spikes act at once: who delivers them waits for all who list them, and who lists the next knows by that that the list is read.
// CHECK-LABEL: step.program @at_once
// CHECK:       step.phase @P after [#step.wait<2 ago 1>] reads [@g, @p]
// CHECK:         step.deliver @p through @now
// Delays of their own are sorted into the ring of the targets at once.
// CHECK:       step.phase @P reads [@ring, @p]
// CHECK:         step.deliver slots @p through @drawn
// CHECK:       step.phase @P reads
// CHECK:         step.emit %{{.*}} to @p
step.program @at_once {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @w : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @d : !bd.q<"1"> { %0 = bd.const 3.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.queue @p on @P
  step.graph @now from @P to @P connect "all_to_all" ([]) key "now" weight @w
  step.graph @drawn from @P to @P connect "all_to_all" ([]) key "drawn" weight @w max_delay @d delays {
    %0 = bd.const 0.2 : !bd.q<"ms">
    bd.yield %0 : !bd.q<"ms">
  }
  step.state @g : !g hidden
  step.state @ring : !g delay rows @d
  step.loop [@g, @ring] {
  ^bb0(%g: !g, %ring: !g):
    %g1 = step.deliver @p through @now (%g : !g) {
    ^bb0(%a: !bd.q<"1">, %v: !bd.q<"1">):
      %0 = bd.add %a, %v : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !g
    %ring1 = step.deliver slots @p through @drawn (%ring : !g) {
    ^bb0(%a: !bd.q<"1">, %v: !bd.q<"1">):
      %0 = bd.add %a, %v : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !g
    %due, %ring2 = step.take %ring1 : !g -> !g, !g
    %p = step.map @P (%g1, %due : !g, !g) {
    ^bb0(%a: !bd.q<"1">, %v: !bd.q<"1">):
      %0 = bd.cmp gt %a, %v : !bd.q<"1">, !bd.q<"1">
      bd.yield %0 : i1
    } -> !step.array<i1, @P>
    step.emit %p to @p : !step.array<i1, @P>
    step.next %g1, %ring2 : !g, !g
  }
}

// Spikes act after a delay: what was listed so long ago is there as a rule, and threads may drift; who lists spikes waits until the list that
// lay there has been read.
// CHECK-LABEL: step.program @later
// CHECK:       step.phase @P after [#step.wait<1 ago 1 + @d>] reads [@g, @p]
// CHECK:         step.deliver @p through @late
// CHECK:       step.phase @P after [#step.wait<0 ago 1>] reads
// CHECK:         step.emit %{{.*}} to @p
step.program @later {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @w : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @d : !bd.q<"1"> { %0 = bd.const 3.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @depth : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.queue @p on @P depth @depth
  step.graph @late from @P to @P connect "all_to_all" ([]) key "late" weight @w delay @d
  step.state @g : !g hidden
  step.loop [@g] {
  ^bb0(%g: !g):
    %g1 = step.deliver @p through @late (%g : !g) {
    ^bb0(%a: !bd.q<"1">, %v: !bd.q<"1">):
      %0 = bd.add %a, %v : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !g
    %p = step.map @P (%g1 : !g) {
    ^bb0(%a: !bd.q<"1">):
      %one = bd.const 1.0 : !bd.q<"1">
      %0 = bd.cmp gt %a, %one : !bd.q<"1">, !bd.q<"1">
      bd.yield %0 : i1
    } -> !step.array<i1, @P>
    step.emit %p to @p : !step.array<i1, @P>
    step.next %g1 : !g
  }
}

// Past values of all elements are summed a step later at the earliest, and the oldest row is written over once everybody has read it.
// CHECK-LABEL: step.program @past
// CHECK:       step.phase @P after [#step.wait<1 ago 1>] reads [@ring]
// CHECK:         step.contract @all
// CHECK:       step.phase @P reads
// CHECK:         step.push
step.program @past {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @rows : !bd.q<"1"> { %0 = bd.const 2.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.graph @all from @P to @P connect "all_to_all" ([]) key "all"
  step.state @ring : !g delay rows @rows
  step.loop [@ring] {
  ^bb0(%ring: !g):
    %sum = step.contract @all sources (%ring : !g) {
    ^bb0(%v: !bd.q<"1">, %a: !bd.q<"1">):
      bd.yield %a : !bd.q<"1">
    } -> !g
    %next = step.push %sum into %ring : !g, !g -> !g
    step.next %next : !g
  }
}
