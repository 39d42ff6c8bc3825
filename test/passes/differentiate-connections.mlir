// The weight of each connection: what an undelayed source says of its edges in each step, a delayed one when the reverse loop comes to what was
// felt, and once more for the steps before the first.
//
// RUN: bdc-opt --step-differentiate %s | FileCheck %s
// RUN: bdc-opt --step-differentiate %s | bdc-opt | FileCheck %s

step.program @tiny of "Tiny" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @count : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @low : !bd.q<"1"> { %0 = bd.const 0.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @short : !bd.q<"um"> { %0 = bd.const 0.0 : !bd.q<"um">  bd.yield %0 : !bd.q<"um"> }
  step.scalar @rows : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.data @SC facts [@n, @low, @low, @short, @short] entries @entries weights @weights from {file = "sc.csv", words = []}
  step.space apart @entries size @count
  step.state @weights : !step.array<!bd.q<"1", f64>, @entries> param
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden init { %0 = bd.const 1.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.state @past : !step.array<!bd.q<"mV">, @E> delay rows @rows by_element init {
    %0 = step.element @x : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.graph @now from @E to @E connect "connectome" ([]) data @SC key "now" weights !bd.q<"1"> {
    %0 = bd.edge "weights" of @SC : <"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.graph @late from @E to @E connect "connectome" ([]) data @SC key "late" weights !bd.q<"1"> {
    %0 = bd.edge "weights" of @SC : <"1">
    %1 = bd.mul %0, %0 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %1 : !bd.q<"1">
  } delays in "interpolated" { %0 = bd.const 2.5 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.loop [@x, @past] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %past: !step.array<!bd.q<"mV">, @E>):
    %a = step.contract @now sources (%x : !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      %0 = bd.mul %w, %s : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    %b = step.contract @late sources (%past : !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      %0 = bd.mul %w, %s : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    %y = step.map @E (%a, %b : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%p: !bd.q<"mV">, %q: !bd.q<"mV">):
      %0 = bd.add %p, %q : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    %kept = step.push %y into %past : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E> -> !step.array<!bd.q<"mV">, @E>
    step.next %y, %kept : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>
  }
  step.record observed "x" as "x" on @E from @x : !bd.q<"mV">
  step.objective [{function = "sum", arguments = [{record = 0}]}] terms [0] {
  ^bb0(%m: !bd.q<"mV">):
    bd.yield %m : !bd.q<"mV">
  }
  step.gradient of @weights
}

// Weights that are no entries themselves have derivatives by these, in a graph of the same edges.
// CHECK:      step.graph @"late by the entries of SC" {{.*}} weights !bd.q<"1"> {
// CHECK:        bd.add
// CHECK-DAG:  step.state @"gradient of the weights of now" : !step.array<!bd.q<"mV", f64>, @entries> adjoint
// CHECK-DAG:  step.state @"gradient of the weights of late" : !step.array<!bd.q<"mV", f64>, @entries> adjoint
// CHECK-NOT:  adjoint of weights
// CHECK:      step.loop reverse as "adjoint" [
// CHECK:        step.contract transposed @late sources({{.*}}) targets({{.*}}) mixed 1 each %{{.*}} {
// CHECK:        step.contract transposed @now sources({{.*}}) targets({{.*}}) each %{{.*}} {
// CHECK:      step.loop reverse as "adjoint_past"
// CHECK:        step.contract transposed @late sources({{.*}}) targets({{.*}}) mixed 1 each %{{.*}} {
// CHECK-NOT:    @now
// CHECK:      step.gradient of @weights parts [@"gradient of the weights of now", @"gradient of the weights of late"] factors [unit, @"late by the entries of SC"] edges [@now, @late]
