// A population under noise with a condition, and no projections: its phases become kernels of one thread per element.
//
// RUN: run-step %s --emit gpu | FileCheck %s --check-prefix=KERNEL
// KERNEL: gpu.module @bdc
// KERNEL: gpu.func @phase_0({{.*}}) kernel
// KERNEL: func.call @bdc_normal_f64x1
// KERNEL: gpu.return
//
// Everything is inlined: no call is left, neither of kernels nor of libdevice.
// RUN: run-step %s --emit ptx --cpu sm_80 | FileCheck %s --check-prefix=PTX
// RUN: run-step %s --emit ptx --cpu sm_90 --precision f32 | FileCheck %s --check-prefix=PTX32
// PTX: .target sm_80
// PTX: .visible .entry phase_0
// PTX-NOT: call
// PTX: fma.rn.f64
// PTX-NOT: {{__nv_|call}}
// PTX32: .target sm_90
// PTX32: fma.rn.f32
// PTX32-NOT: {{__nv_|call}}
//
// A program with projections is refused.
// RUN: not run-step %S/balanced.mlir --emit ptx 2>&1 | FileCheck %s --check-prefix=REFUSED
// REFUSED: events and sums over connections do not run on a GPU yet: only models without projections become PTX
step.program @walk of "Walk" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 100.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 100.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @tau : !bd.q<"ms"> { %0 = bd.const 20.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @P size @N
  step.queue @"P.spikes" on @P
  step.state @"P.v" : !step.array<!bd.q<"mV">, @P> hidden
  step.state @"P.hold" : !step.array<i32, @P> short_term
  step.loop [@"P.v", @"P.hold"] {
  ^bb0(%v: !step.array<!bd.q<"mV">, @P>, %h: !step.array<i32, @P>):
    %noise = step.map @P {
      %zero = bd.const 0.0 : !bd.q<"mV">
      %sd = bd.const 2.0 : !bd.q<"mV">
      %0 = bd.random normal(%zero, %sd) purpose "P.noise" draw 0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @P>
    %v1 = step.ode "exponential_euler" @P [%v : !step.array<!bd.q<"mV">, @P>] (%noise : !step.array<!bd.q<"mV">, @P>) {
    ^bb0(%ve: !bd.q<"mV">, %ne: !bd.q<"mV">):
      %tau = step.read @tau : !bd.q<"ms">
      %half = bd.const 0.5 : !bd.q<"/mV">
      %x = bd.mul %half, %ve : (!bd.q<"/mV">, !bd.q<"mV">) -> !bd.q<"1">
      %e = bd.fn tanh(%x) : (!bd.q<"1">) -> !bd.q<"1">
      %mV = bd.const 1.0 : !bd.q<"mV">
      %s = bd.mul %e, %mV : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      %d0 = bd.sub %ne, %ve : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %d1 = bd.add %d0, %s : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %dv = bd.div %d1, %tau : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"mV/ms">
      bd.yield %dv : !bd.q<"mV/ms">
    } -> !step.array<!bd.q<"mV">, @P>
    %v2, %h1, %fired = step.map @P (%v1, %h : !step.array<!bd.q<"mV">, @P>, !step.array<i32, @P>) {
    ^bb0(%ve: !bd.q<"mV">, %he: i32):
      %th = bd.const 0.1 : !bd.q<"mV">
      %f = bd.cmp gt %ve, %th : !bd.q<"mV">, !bd.q<"mV">
      %reset = bd.const 0.0 : !bd.q<"mV">
      %vo = bd.select %f, %reset, %ve : (i1, !bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %tau = step.read @tau : !bd.q<"ms">
      %steps = step.hold_steps %tau : !bd.q<"ms">
      %ho = arith.select %f, %steps, %he : i32
      bd.yield %vo, %ho, %f : !bd.q<"mV">, i32, i1
    } -> !step.array<!bd.q<"mV">, @P>, !step.array<i32, @P>, !step.array<i1, @P>
    step.emit %fired to @"P.spikes" : !step.array<i1, @P>
    step.next %v2, %h1 : !step.array<!bd.q<"mV">, @P>, !step.array<i32, @P>
  }
  step.record "spikes(P)" as "P" on @P from @"P.spikes"
}
