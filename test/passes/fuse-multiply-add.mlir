// RUN: bdc-opt %s --bdc-fuse-multiply-add | FileCheck %s

// CHECK-LABEL: func @sum
// CHECK-SAME:    (%[[A:.*]]: vector<4xf64>, %[[B:.*]]: vector<4xf64>, %[[C:.*]]: vector<4xf64>)
// CHECK:         %[[F:.*]] = math.fma %[[A]], %[[B]], %[[C]]
// CHECK:         %[[N:.*]] = arith.negf %[[C]]
// CHECK:         math.fma %[[F]], %[[B]], %[[N]]
func.func @sum(%a: vector<4xf64>, %b: vector<4xf64>, %c: vector<4xf64>) -> vector<4xf64> {
  %p = arith.mulf %a, %b : vector<4xf64>
  %s = arith.addf %c, %p : vector<4xf64>
  %q = arith.mulf %s, %b : vector<4xf64>
  %d = arith.subf %q, %c : vector<4xf64>
  return %d : vector<4xf64>
}

// The left product is fused, the right one stays; a product that is used twice stays.
// CHECK-LABEL: func @two
// CHECK:         %[[R:.*]] = arith.mulf %arg1, %arg1
// CHECK:         %[[S:.*]] = math.fma %arg0, %arg0, %[[R]]
// CHECK:         %[[P:.*]] = arith.mulf %arg0, %arg1
// CHECK:         arith.addf %[[P]], %[[P]]
// CHECK:         %[[N:.*]] = arith.negf %arg0
// CHECK:         math.fma %[[N]], %arg1, %[[S]]
func.func @two(%a: f32, %b: f32) -> (f32, f32) {
  %l = arith.mulf %a, %a : f32
  %r = arith.mulf %b, %b : f32
  %s = arith.addf %l, %r : f32
  %p = arith.mulf %a, %b : f32
  %t = arith.addf %p, %p : f32
  %m = arith.mulf %a, %b : f32
  %u = arith.subf %s, %m : f32
  return %t, %u : f32, f32
}
