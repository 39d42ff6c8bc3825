// RUN: bdc-opt %s --step-integrate --split-input-file | FileCheck %s
// Each method on x' = (a - x) / tau, whose step is known; and the forms that cost less.

// x + dt·φ(-dt/tau)/tau·(a - x): φ and all factors are made of scalars alone, so they leave the loop.
// CHECK-LABEL: step.program @exponential
// CHECK: step.map @E(%{{.*}} : !step.array<!bd.q<"mV">, @E>) {
// CHECK-NEXT: ^bb0(%[[X:.*]]: !bd.q<"mV">):
// CHECK: %[[A:.*]] = step.read @a
// CHECK: %[[TAU:.*]] = step.read @tau
// CHECK: %[[S:.*]] = bd.sub %[[A]], %[[X]]
// CHECK: %[[DT:.*]] = bd.dt
// CHECK: %[[Z:.*]] = bd.div %{{.*}}, %[[TAU]]
// CHECK: %[[PHI:.*]] = bd.fn exprel
// CHECK: %[[K:.*]] = bd.mul %[[DT]], %[[PHI]]
// CHECK: %[[KT:.*]] = bd.div %[[K]], %[[TAU]]
// CHECK: %[[D:.*]] = bd.mul %[[S]], %[[KT]]
// CHECK: %[[N:.*]] = bd.add %[[X]], %[[D]]
// CHECK-NEXT: bd.yield %[[N]]
step.program @exponential {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @a : !bd.q<"mV"> { %0 = bd.const 3.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @tau : !bd.q<"ms"> { %0 = bd.const 20.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    %y = step.ode "exponential_euler" @E [%x : !step.array<!bd.q<"mV">, @E>] {
    ^bb0(%e: !bd.q<"mV">):
      %a = step.read @a : !bd.q<"mV">
      %tau = step.read @tau : !bd.q<"ms">
      %d = bd.sub %a, %e : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %f = bd.div %d, %tau : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"mV/ms">
      bd.yield %f : !bd.q<"mV/ms">
    } -> !step.array<!bd.q<"mV">, @E>
    step.next %y : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

// A derivative without the state itself is Euler's; one that is zero where the state is held leaves it there, with one φ.
// CHECK-LABEL: step.program @cases
// CHECK: ^bb0(%[[X:.*]]: !bd.q<"mV">, %[[U:.*]]: !bd.q<"mV">, %[[R:.*]]: i32):
// CHECK: %[[HELD:.*]] = arith.cmpi sgt, %[[R]]
// CHECK-COUNT-1: bd.fn exprel
// CHECK: %[[MOVED:.*]] = bd.add %[[X]]
// CHECK: %[[NEXT:.*]] = bd.select %[[HELD]], %[[X]], %[[MOVED]]
// CHECK-NOT: exprel
// CHECK: %[[EULER:.*]] = bd.add %[[U]]
// CHECK-NEXT: bd.yield %[[NEXT]], %[[EULER]]
step.program @cases {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @tau : !bd.q<"ms"> { %0 = bd.const 20.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.state @u : !step.array<!bd.q<"mV">, @E> hidden
  step.state @r : !step.array<i32, @E> short_term
  step.loop [@x, @u, @r] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %u: !step.array<!bd.q<"mV">, @E>, %r: !step.array<i32, @E>):
    %y:2 = step.ode "exponential_euler" @E [%x, %u : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>] (%r : !step.array<i32, @E>) {
    ^bb0(%e: !bd.q<"mV">, %w: !bd.q<"mV">, %c: i32):
      %one = arith.constant 1 : i32
      %held = arith.cmpi sgt, %c, %one : i32
      %tau = step.read @tau : !bd.q<"ms">
      %d = bd.sub %w, %e : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %f = bd.div %d, %tau : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"mV/ms">
      %zero = bd.const 0.0 : !bd.q<"mV/ms">
      %s = bd.select %held, %zero, %f : (i1, !bd.q<"mV/ms">, !bd.q<"mV/ms">) -> !bd.q<"mV/ms">
      %g = bd.div %e, %tau : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"mV/ms">
      bd.yield %s, %g : !bd.q<"mV/ms">, !bd.q<"mV/ms">
    } -> !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>
    step.next %y#0, %y#1, %r : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<i32, @E>
  }
}

// -----

// Heun: x + dt/2·k1 + dt/2·k2, k2 at x + dt·k1 and at t + dt. What is held keeps its time.
// CHECK-LABEL: step.program @heun
// CHECK: ^bb0(%[[X:.*]]: !bd.q<"mV">):
// CHECK-DAG: %[[T:.*]] = bd.time : <"ms">
// CHECK-DAG: %[[H:.*]] = bd.time held
// CHECK: %[[K1:.*]] = bd.mul %[[T]]
// CHECK: %[[T1:.*]] = bd.add %[[T]], %{{.*}} : (!bd.q<"ms">, !bd.q<"ms">)
// CHECK: bd.mul %[[T1]]
// CHECK-NOT: exprel
// CHECK: bd.yield
step.program @heun {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    %y = step.ode "heun" @E [%x : !step.array<!bd.q<"mV">, @E>] {
    ^bb0(%e: !bd.q<"mV">):
      %k = bd.const 2.0 : !bd.q<"mV/ms^2">
      %t = bd.time : !bd.q<"ms">
      %h = bd.time held : !bd.q<"ms">
      %a = bd.mul %t, %k : (!bd.q<"ms">, !bd.q<"mV/ms^2">) -> !bd.q<"mV/ms">
      %b = bd.mul %h, %k : (!bd.q<"ms">, !bd.q<"mV/ms^2">) -> !bd.q<"mV/ms">
      %f = bd.add %a, %b : (!bd.q<"mV/ms">, !bd.q<"mV/ms">) -> !bd.q<"mV/ms">
      bd.yield %f : !bd.q<"mV/ms">
    } -> !step.array<!bd.q<"mV">, @E>
    step.next %y : !step.array<!bd.q<"mV">, @E>
  }
}
