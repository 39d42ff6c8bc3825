// RUN: bdc-opt %s --bd-fold-units | FileCheck %s
// Every type names the coherent unit, every number is in it; the user's units stay as what is shown.

// CHECK-LABEL: bd.model @M neuron
bd.model @M neuron {
  // Decimal prefixes shift the decimal point and nothing else.
  // CHECK: bd.param @tau : !bd.q<"ms">
  // CHECK-NEXT: bd.const 2.000000e+01 : <"ms">
  // CHECK: attributes {bd.shown = "s"}
  bd.param @tau : !bd.q<"s"> { %0 = bd.const 0.02 : !bd.q<"s">  bd.yield %0 : !bd.q<"s"> }
  // An affine unit: 6.3 degC is 279.45 K.
  // CHECK: bd.param @T : !bd.q<"K">
  // CHECK-NEXT: bd.const 2.794500e+02 : <"K">
  // CHECK: attributes {bd.shown = "degC"}
  bd.param @T : !bd.q<"degC"> { %0 = bd.const 6.3 : !bd.q<"degC">  bd.yield %0 : !bd.q<"degC"> }
  // 1 uF/cm^2 is 0.01 pF/um^2, 120 mS/cm^2 are 1.2 nS/um^2.
  // CHECK: bd.param @C : !bd.q<"pF/um^2">
  // CHECK-NEXT: bd.const 1.000000e-02 : <"pF/um^2">
  bd.param @C : !bd.q<"uF/cm^2"> { %0 = bd.const 1.0 : !bd.q<"uF/cm^2">  bd.yield %0 : !bd.q<"uF/cm^2"> }
  // CHECK: bd.param @g : !bd.q<"nS/um^2">
  // CHECK-NEXT: bd.const 1.200000e+00 : <"nS/um^2">
  bd.param @g : !bd.q<"mS/cm^2"> { %0 = bd.const 120.0 : !bd.q<"mS/cm^2">  bd.yield %0 : !bd.q<"mS/cm^2"> }
  // A sum of two units, a root, a comparison and a choice: sqrt(9 ms · 1 ms) is 3 ms.
  // CHECK: bd.param @sum : !bd.q<"ms">
  // CHECK-NEXT: bd.const 3.000000e+00 : <"ms">
  // CHECK-NEXT: bd.yield
  bd.param @sum : !bd.q<"ms"> {
    %a = bd.const 1000.0 : !bd.q<"us">
    %b = bd.const 0.008 : !bd.q<"s">
    %c = bd.add %a, %b : (!bd.q<"us">, !bd.q<"s">) -> !bd.q<"ms">
    %1 = bd.const 1.0 : !bd.q<"ms">
    %s = bd.mul %c, %1 : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms^2">
    %r = bd.power %s to 1 over 2 : (!bd.q<"ms^2">) -> !bd.q<"ms">
    %l = bd.cmp lt %r, %a : !bd.q<"ms">, !bd.q<"us">
    %d = bd.select %l, %a, %r : (i1, !bd.q<"us">, !bd.q<"ms">) -> !bd.q<"ms">
    bd.yield %d : !bd.q<"ms">
  }
  // What the kernels compute is left to them.
  // CHECK: bd.param @e : !bd.q<"1">
  // CHECK: bd.fn exp
  bd.param @e : !bd.q<"1"> {
    %a = bd.const 1.0 : !bd.q<"1">
    %0 = bd.fn exp(%a) : (!bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  // CHECK: bd.state @v : !bd.state<!bd.q<"mV">, hidden>
  // CHECK: attributes {bd.shown = "V"}
  bd.state @v : !bd.state<!bd.q<"V">, hidden> { %0 = bd.const -0.07 : !bd.q<"V">  bd.yield %0 : !bd.q<"V"> }
}

// In step programs too.
// CHECK-LABEL: step.program @P
// CHECK: step.scalar settable @R : !bd.q<"GOhm">
// CHECK-NEXT: bd.const 1.000000e-01 : <"GOhm">
// CHECK: attributes {shown = "Mohm"}
// CHECK: step.state @x : !step.array<!bd.q<"nS">, @E> hidden attributes {shown = "uS"}
step.program @P {
  step.scalar settable @R : !bd.q<"Mohm"> { %0 = bd.const 100.0 : !bd.q<"Mohm">  bd.yield %0 : !bd.q<"Mohm"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 3.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"uS">, @E> hidden
}
