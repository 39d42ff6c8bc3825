// RUN: bdc-opt %s --step-schedule --step-allocate --split-input-file --verify-diagnostics

step.program @early {
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @P size @N
  step.state @x : !step.array<!bd.q<"1">, @P> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"1">, @P>):
    // expected-error @+1 {{must be integrated first (step-integrate)}}
    %x1 = step.ode "euler" @P [%x : !step.array<!bd.q<"1">, @P>] {
    ^bb0(%e: !bd.q<"1">):
      %0 = bd.const 0.0 : !bd.q<"/ms">
      bd.yield %0 : !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @P>
    step.next %x1 : !step.array<!bd.q<"1">, @P>
  }
}
