// The balanced network of Vogels & Abbott (2005) as one step, written by hand: what the flattening pass makes of
// docs/examples/coba.bd, shortened to what a step needs. Conductances live on their targets.
//
// The same bits at every width, for any number of threads, however the run is cut:
// RUN: run-step %s --steps 600 --width 1 --digest | FileCheck %s
// RUN: run-step %s --steps 600 --width 1 --digest > %t.1
// RUN: run-step %s --steps 600 --width 4 --threads 2 --digest > %t.4
// RUN: run-step %s --steps 600 --width 8 --cut 77 --digest > %t.8
// RUN: cmp %t.1 %t.4
// RUN: cmp %t.1 %t.8
// RUN: run-step %s --steps 600 --width 1 --precision f32 --digest > %t.f1
// RUN: run-step %s --steps 600 --width 16 --threads 2 --precision f32 --digest > %t.f16
// RUN: cmp %t.f1 %t.f16
// CHECK: spikes(E): {{[1-9][0-9]+}} spikes
//
// Without events and drive an element decays as exp(-t / tau) from -55 mV to -60 mV; exponential Euler is exact: after 20 ms -58.16 mV.
// RUN: run-step %s --set N=20 --set in_degree=0 --set E.v_th=0 --set E.v_rest=-80 --steps 200 --print E.v | %python %S/Inputs/decay.py
//
// One function for each kind of phase:
// RUN: run-step %s --emit loops | FileCheck %s --check-prefix=LOOPS
// LOOPS: func.func @bdc_run
// LOOPS-COUNT-2: func.call @phase_
// LOOPS-NOT: call @phase_
// LOOPS: llvm.mlir.global external constant @bdc_descriptor
// RUN: run-step %s --emit asm --cpu x86-64-v3 --width 4 | FileCheck %s --check-prefix=ASM
// ASM: phase_1:
// ASM: vdivpd {{.*}}%ymm
step.program @balanced of "COBA" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 1000.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 4000.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @in_degree : !bd.q<"1"> { %0 = bd.const 80.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable whole @"E.size" : !bd.q<"1"> {
    %n = step.read @N : !bd.q<"1">
    %f = bd.const 0.8 : !bd.q<"1">
    %0 = bd.mul %f, %n : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.scalar settable @"E.tau" : !bd.q<"ms"> { %0 = bd.const 20.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @"E.v_rest" : !bd.q<"mV"> { %0 = bd.const -60.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @"E.v_th" : !bd.q<"mV"> { %0 = bd.const -50.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @"E.v_reset" : !bd.q<"mV"> { %0 = bd.const -60.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @"E.t_ref" : !bd.q<"ms"> { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @"E_to_E.tau" : !bd.q<"ms"> { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @"E_to_E.E_rev" : !bd.q<"mV"> { %0 = bd.const 0.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @"E_to_E.weight" : !bd.q<"1"> { %0 = bd.const 0.6 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @"E_to_E.p" : !bd.q<"1"> {
    %k = step.read @in_degree : !bd.q<"1">
    %n = step.read @N : !bd.q<"1">
    %0 = bd.div %k, %n : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.scalar @"drive.E.I" : !bd.q<"mV"> { %0 = bd.const 20.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }

  step.space @E size @"E.size"
  step.queue @"E.spikes" on @E
  step.graph @E_to_E from @E to @E connect "random" ([@"E_to_E.p"]) key "E_to_E" weight @"E_to_E.weight"
  step.state @"E.v" : !step.array<!bd.q<"mV">, @E> hidden init {
    %m = bd.const -55.0 : !bd.q<"mV">
    %s = bd.const 2.0 : !bd.q<"mV">
    %0 = bd.random normal(%m, %s) purpose "E.v" draw 0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.state @"E.g" : !step.array<!bd.q<"1">, @E> hidden
  step.state @"E.hold" : !step.array<i32, @E> short_term

  step.loop [@"E.v", @"E.g", @"E.hold"] {
  ^bb0(%v: !step.array<!bd.q<"mV">, @E>, %g: !step.array<!bd.q<"1">, @E>, %r: !step.array<i32, @E>):
    %g1 = step.deliver @"E.spikes" through @E_to_E (%g : !step.array<!bd.q<"1">, @E>) {
    ^bb0(%a: !bd.q<"1">, %w: !bd.q<"1">):
      %b = bd.add %a, %w : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %b : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @E>
    // Held elements keep v: their derivative is zero.
    %v2, %g2 = step.ode "exponential_euler" @E [%v, %g1 : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"1">, @E>] (%r : !step.array<i32, @E>) {
    ^bb0(%ve: !bd.q<"mV">, %ge: !bd.q<"1">, %re: i32):
      %one = arith.constant 1 : i32
      %held = arith.cmpi sgt, %re, %one : i32
      %tau = step.read @"E.tau" : !bd.q<"ms">
      %rest = step.read @"E.v_rest" : !bd.q<"mV">
      %I = step.read @"drive.E.I" : !bd.q<"mV">
      %E = step.read @"E_to_E.E_rev" : !bd.q<"mV">
      %d = bd.sub %E, %ve : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %i = bd.mul %ge, %d : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      %l = bd.sub %rest, %ve : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %s0 = bd.add %I, %i : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %s1 = bd.add %l, %s0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %f = bd.div %s1, %tau : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"mV/ms">
      %zero = bd.const 0.0 : !bd.q<"mV/ms">
      %dv = bd.select %held, %zero, %f : (i1, !bd.q<"mV/ms">, !bd.q<"mV/ms">) -> !bd.q<"mV/ms">
      %tg = step.read @"E_to_E.tau" : !bd.q<"ms">
      %n = bd.neg %ge : (!bd.q<"1">) -> !bd.q<"1">
      %dg = bd.div %n, %tg : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
      bd.yield %dv, %dg : !bd.q<"mV/ms">, !bd.q<"/ms">
    } -> !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"1">, @E>
    // Conditions: fires where v > v_th now and not at the end of the step before (%v), nor in the first step, nor held or just released.
    %v3, %r1, %fired = step.map @E (%v, %v2, %r : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<i32, @E>) {
    ^bb0(%old: !bd.q<"mV">, %new: !bd.q<"mV">, %re: i32):
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %held = arith.cmpi sgt, %re, %one : i32
      %free = arith.cmpi eq, %re, %zero : i32
      %th = step.read @"E.v_th" : !bd.q<"mV">
      %above = bd.cmp gt %new, %th : !bd.q<"mV">, !bd.q<"mV">
      %was = bd.cmp gt %old, %th : !bd.q<"mV">, !bd.q<"mV">
      %t = bd.time : !bd.q<"ms">
      %t0 = bd.const 0.0 : !bd.q<"ms">
      %later = bd.cmp gt %t, %t0 : !bd.q<"ms">, !bd.q<"ms">
      %true = arith.constant true
      %w0 = arith.andi %was, %free : i1
      %w1 = arith.andi %w0, %later : i1
      %nw = arith.xori %w1, %true : i1
      %nh = arith.xori %held, %true : i1
      %f0 = arith.andi %above, %nw : i1
      %fire = arith.andi %f0, %nh : i1
      %reset = step.read @"E.v_reset" : !bd.q<"mV">
      %vo = bd.select %fire, %reset, %new : (i1, !bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %ref = step.read @"E.t_ref" : !bd.q<"ms">
      %hs = step.hold_steps %ref : !bd.q<"ms">
      %dec = arith.subi %re, %one : i32
      %cnt = arith.maxsi %dec, %zero : i32
      %ro = arith.select %fire, %hs, %cnt : i32
      bd.yield %vo, %ro, %fire : !bd.q<"mV">, i32, i1
    } -> !step.array<!bd.q<"mV">, @E>, !step.array<i32, @E>, !step.array<i1, @E>
    step.emit %fired to @"E.spikes" : !step.array<i1, @E>
    step.next %v3, %g2, %r1 : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"1">, @E>, !step.array<i32, @E>
  }

  step.record "spikes(E)" as "E" on @E from @"E.spikes"
  step.request "summary" "rate" "rate(E)" [{record = 0, text = "spikes(E)"}]
}
