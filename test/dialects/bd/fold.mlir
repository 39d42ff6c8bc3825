// RUN: bdc-opt %s --canonicalize | FileCheck %s
// Folding keeps constants in the region that uses them and leaves what the kernels compute.

// CHECK-LABEL: bd.let @x
// CHECK-DAG: %[[V:.*]] = bd.get @v
// CHECK-DAG: %[[C:.*]] = bd.const 6.000000e+00
// CHECK: %[[S:.*]] = bd.add %[[V]], %[[C]]
// CHECK-NEXT: bd.yield %[[S]]
bd.model @M neuron {
  bd.state @v : !bd.state<!bd.q<"mV">, hidden>
  bd.let @x : !bd.q<"mV"> {
    %v = bd.get @v : !bd.q<"mV">
    %one = bd.const 1.0 : !bd.q<"1">
    %a = bd.const 2.0 : !bd.q<"mV">
    %b = bd.const 4.0 : !bd.q<"mV">
    %c = bd.add %a, %b : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    %n = bd.neg %v : (!bd.q<"mV">) -> !bd.q<"mV">
    %m = bd.neg %n : (!bd.q<"mV">) -> !bd.q<"mV">
    %w = bd.mul %one, %m : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
    %s = bd.add %w, %c : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %s : !bd.q<"mV">
  }
}
