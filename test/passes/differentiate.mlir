// The loops of a gradient: one decaying element that feels itself through a ring, and the sum of its samples.
//
// RUN: bdc-opt --step-differentiate %s | FileCheck %s
// RUN: bdc-opt --step-differentiate %s | bdc-opt | FileCheck %s

step.program @tiny of "Tiny" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @n : !bd.q<"1"> { %0 = bd.const 4.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @k : !bd.q<"1"> { %0 = bd.const 0.9 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  // Made of what is asked for: written out where it is read.
  step.scalar @twice : !bd.q<"1"> {
    %k = step.read @k : !bd.q<"1">
    %0 = bd.add %k, %k : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.scalar @rows : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @late : !bd.q<"1"> { %0 = bd.const 2.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.graph @net from @E to @E connect "all_to_all" ([]) key "net" delay @late
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden init {
    %k = step.read @k : !bd.q<"1">
    %u = bd.const 1.0 : !bd.q<"mV">
    %0 = bd.mul %k, %u : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // Not active: nothing that is observed depends on it.
  step.state @idle : !step.array<!bd.q<"mV">, @E> hidden
  step.state @past : !step.array<!bd.q<"mV">, @E> delay rows @rows by_element init {
    %0 = step.element @x : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.loop [@x, @idle, @past] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %idle: !step.array<!bd.q<"mV">, @E>, %past: !step.array<!bd.q<"mV">, @E>):
    %felt = step.contract @net sources (%past : !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      %0 = bd.mul %w, %s : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    %y, %i = step.map @E (%x, %felt, %idle : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%a: !bd.q<"mV">, %f: !bd.q<"mV">, %c: !bd.q<"mV">):
      %q = step.read @twice : !bd.q<"1">
      %0 = bd.mul %q, %a : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      %1 = bd.add %0, %f : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %1, %c : !bd.q<"mV">, !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>
    %kept = step.push %y into %past : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E> -> !step.array<!bd.q<"mV">, @E>
    step.next %y, %i, %kept : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>
  }
  step.record observed "x" as "x" on @E from @x : !bd.q<"mV">
  step.objective [{function = "sum", arguments = [{record = 0}]}] terms [0] {
  ^bb0(%m: !bd.q<"mV">):
    %two = bd.const 2.0 : !bd.q<"1">
    %0 = bd.mul %two, %m : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.gradient of @k
}

// A table for the samples' adjoints, a tape of what the way back needs (x alone: the sum's derivative needs no value), rings of later adjoints.
// CHECK-DAG: step.state @"adjoint of samples of x" : !step.array<!bd.q<"1">, @E> adjoint rows
// CHECK-DAG: step.state @"tape of x" : !step.array<!bd.q<"mV">, @E> tape rows @"steps per segment"
// CHECK-DAG: step.state @"later adjoints of net" : !step.array<!bd.q<"1">, @E> adjoint rows @rows by_element
// CHECK-DAG: step.state @"gradient of k on E" : !step.array<!bd.q<"mV", f64>, @E> adjoint
// RUN: bdc-opt --step-differentiate %s | FileCheck %s --check-prefix=ACTIVE
// ACTIVE-NOT: adjoint of idle

// CHECK: step.loop as "tape" [@x, @idle, @past]
// CHECK: step.save %{{.*}} in @"tape of x"

// CHECK: step.loop reverse as "adjoint" [@"adjoint of x",
// CHECK: %[[GIVEN:.*]] = step.given @"adjoint of samples of x"
// CHECK: %[[HEARD:.*]] = step.contract transposed @net sources
// CHECK: %[[X:.*]] = step.restore @"tape of x"
// CHECK: step.map @E(%[[X]]
// CHECK: step.read @k
// CHECK-NOT: step.read @twice
// CHECK: step.push

// What the ring held before the run came from x.
// CHECK: step.loop reverse as "adjoint_past"
// CHECK: step.contract transposed @net
// CHECK: step.loop reverse as "adjoint_start"
// CHECK: step.map @E

// The objective hands out its derivatives with respect to its term, and to k where it reads it.
// CHECK: step.objective
// CHECK: bd.yield %{{.*}}, %{{.*}}, %{{.*}} : !bd.q<"mV">, !bd.q<"1">, !bd.q<"mV">
// CHECK: step.gradient of @k parts [@"gradient of k on E"] factors [unit]
