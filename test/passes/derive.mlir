// RUN: bdc-opt %s --step-derive | FileCheck %s

// What depends on parameters and dt alone becomes a scalar; a division by such a value a multiplication; two factors one.
// CHECK-LABEL: step.program @decay
// CHECK:         step.scalar @derived.0 : !bd.q<"1">
// CHECK-DAG:       step.read @tau
// CHECK-DAG:       bd.dt
// CHECK:           bd.fn exp
// CHECK:         step.scalar @derived.1
// CHECK:           bd.div
// CHECK:         step.map
// CHECK-DAG:       step.read @derived.0
// CHECK-DAG:       step.read @derived.1
// CHECK-NOT:       bd.div
// CHECK-NOT:       bd.fn
// CHECK:           bd.yield
step.program @decay {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @tau : !bd.q<"ms"> { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.state @x : !step.array<!bd.q<"1">, @P> hidden
  step.state @y : !step.array<!bd.q<"/ms">, @P> hidden
  step.loop [@x, @y] {
  ^bb0(%x: !step.array<!bd.q<"1">, @P>, %y: !step.array<!bd.q<"/ms">, @P>):
    %x1, %y1 = step.map @P (%x : !step.array<!bd.q<"1">, @P>) {
    ^bb0(%e: !bd.q<"1">):
      %tau = step.read @tau : !bd.q<"ms">
      %dt = bd.dt : !bd.q<"ms">
      %n = bd.neg %dt : (!bd.q<"ms">) -> !bd.q<"ms">
      %z = bd.div %n, %tau : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"1">
      %f = bd.fn exp(%z) : (!bd.q<"1">) -> !bd.q<"1">
      %0 = bd.mul %f, %e : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %1 = bd.div %e, %tau : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
      bd.yield %0, %1 : !bd.q<"1">, !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @P>, !step.array<!bd.q<"/ms">, @P>
    step.next %x1, %y1 : !step.array<!bd.q<"1">, @P>, !step.array<!bd.q<"/ms">, @P>
  }
}

// A value that depends on the time stays: the lowering computes it once per step. A product of two scalars and a state is regrouped.
// CHECK-LABEL: step.program @ramp
// CHECK:         step.scalar @derived.0
// CHECK:           bd.mul
// CHECK:         step.map
// CHECK-DAG:       %[[F:.*]] = step.read @derived.0
// CHECK-DAG:       bd.time
// CHECK:           bd.yield
step.program @ramp {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @a : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @b : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @a
  step.state @x : !step.array<!bd.q<"1">, @P> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"1">, @P>):
    %x1 = step.map @P (%x : !step.array<!bd.q<"1">, @P>) {
    ^bb0(%e: !bd.q<"1">):
      %a = step.read @a : !bd.q<"1">
      %b = step.read @b : !bd.q<"1">
      %0 = bd.mul %e, %b : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %1 = bd.mul %a, %0 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %t = bd.time : !bd.q<"ms">
      %dt = bd.dt : !bd.q<"ms">
      %r = bd.div %t, %dt : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"1">
      %2 = bd.add %1, %r : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %2 : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @P>
    step.next %x1 : !step.array<!bd.q<"1">, @P>
  }
}

// Of a - (x + b) one operation on x is left.
// CHECK-LABEL: step.program @shifted
// CHECK:         step.scalar @derived.0
// CHECK:           bd.sub
// CHECK:         step.map
// CHECK:           ^bb0(%[[X:.*]]: !bd.q<"mV">)
// CHECK-NEXT:      %[[S:.*]] = step.read @derived.0
// CHECK-NEXT:      %[[D:.*]] = bd.sub %[[S]], %[[X]]
// CHECK-NEXT:      bd.yield %[[D]]
step.program @shifted {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @a : !bd.q<"mV"> { %0 = bd.const 5.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @n : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @n
  step.state @x : !step.array<!bd.q<"mV">, @P> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @P>):
    %x1 = step.map @P (%x : !step.array<!bd.q<"mV">, @P>) {
    ^bb0(%e: !bd.q<"mV">):
      %a = step.read @a : !bd.q<"mV">
      %b = bd.const 63.0 : !bd.q<"mV">
      %0 = bd.add %e, %b : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %1 = bd.sub %a, %0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %1 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @P>
    step.next %x1 : !step.array<!bd.q<"mV">, @P>
  }
}

// A quotient by exprel, which is a quotient itself, is one division; where exprel is read twice both stay.
// CHECK-LABEL: step.program @rates
// CHECK:         step.scalar @derived.0
// CHECK:           bd.div
// CHECK:         step.map
// CHECK:           %[[R:[0-9]+]] = bd.fn rexprel(%[[X:[a-z0-9]+]])
// CHECK-NEXT:      %[[A:[0-9]+]] = bd.mul %[[X]], %[[R]]
// CHECK:           %[[S:[0-9]+]] = bd.fn rexprel(%[[X]])
// CHECK:           %[[B:[0-9]+]] = bd.mul %{{.*}}, %[[S]]
// CHECK:           %[[E:[0-9]+]] = bd.fn exprel(%[[X]])
// CHECK-NEXT:      bd.div %[[X]], %[[E]]
// CHECK-NOT:       bd.div
step.program @rates {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @d : !bd.q<"ms"> { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @n : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @n
  step.state @x : !step.array<!bd.q<"1">, @P> hidden
  step.state @y : !step.array<!bd.q<"/ms">, @P> hidden
  step.loop [@x, @y] {
  ^bb0(%x: !step.array<!bd.q<"1">, @P>, %y: !step.array<!bd.q<"/ms">, @P>):
    %x1, %y1 = step.map @P (%x : !step.array<!bd.q<"1">, @P>) {
    ^bb0(%e: !bd.q<"1">):
      %d = step.read @d : !bd.q<"ms">
      %f = bd.fn exprel(%e) : (!bd.q<"1">) -> !bd.q<"1">
      %0 = bd.div %e, %f : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %g = bd.fn exprel(%e) : (!bd.q<"1">) -> !bd.q<"1">
      %1 = bd.mul %d, %g : (!bd.q<"ms">, !bd.q<"1">) -> !bd.q<"ms">
      %one = bd.const 1.0 : !bd.q<"1">
      %2 = bd.div %one, %1 : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
      %h = bd.fn exprel(%e) : (!bd.q<"1">) -> !bd.q<"1">
      %3 = bd.div %e, %h : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %4 = bd.add %3, %h : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %5 = bd.add %0, %4 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %5, %2 : !bd.q<"1">, !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @P>, !step.array<!bd.q<"/ms">, @P>
    step.next %x1, %y1 : !step.array<!bd.q<"1">, @P>, !step.array<!bd.q<"/ms">, @P>
  }
}
