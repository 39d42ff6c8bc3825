// RUN: bdc-opt %s --step-integrate --split-input-file --verify-diagnostics

step.program @unknown {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"1">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"1">, @E>):
    // expected-error @+1 {{there is no method "leapfrog"; the methods are exponential_euler, euler, midpoint, heun, rk4}}
    %y = step.ode "leapfrog" @E [%x : !step.array<!bd.q<"1">, @E>] {
    ^bb0(%e: !bd.q<"1">):
      %dt = bd.dt : !bd.q<"ms">
      %f = bd.div %e, %dt : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
      bd.yield %f : !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @E>
    step.next %y : !step.array<!bd.q<"1">, @E>
  }
}

// -----

step.program @smooth {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"1">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"1">, @E>):
    // expected-error @+1 {{exponential_euler needs the derivative of the equation of state 0 with respect to it}}
    %y = step.ode "exponential_euler" @E [%x : !step.array<!bd.q<"1">, @E>] {
    ^bb0(%e: !bd.q<"1">):
      // expected-note @+1 {{this operation has none; use another method, such as rk4}}
      %s = bd.random poisson(%e) purpose "jumps" draw 0 : (!bd.q<"1">) -> !bd.q<"1">
      %dt = bd.dt : !bd.q<"ms">
      %f = bd.div %s, %dt : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
      bd.yield %f : !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @E>
    step.next %y : !step.array<!bd.q<"1">, @E>
  }
}
