// Forward mode of a network in small: a scalar that is made of what is asked for and may be set, a ring of the past, per-edge weights and
// delays that change, spikes with a surrogate, and a delivery. The loop carries tangents.
//
// RUN: bdc-opt --step-tangent %s | FileCheck %s
// RUN: bdc-opt --step-tangent %s | bdc-opt | FileCheck %s

step.program @tiny of "Tiny" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @n : !bd.q<"1"> { %0 = bd.const 4.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @k : !bd.q<"1"> { %0 = bd.const 0.9 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @twice : !bd.q<"1"> {
    %k = step.read @k : !bd.q<"1">
    %0 = bd.add %k, %k : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.scalar @rows : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @late : !bd.q<"1"> { %0 = bd.const 2.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.graph @net from @E to @E connect "all_to_all" ([]) key "net" weights !bd.q<"1"> {
    %k = step.read @k : !bd.q<"1">
    bd.yield %k : !bd.q<"1">
  } max_delay @late delays in "interpolated" {
    %k = step.read @k : !bd.q<"1">
    %u = bd.const 1.0 : !bd.q<"ms">
    %0 = bd.mul %k, %u : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"ms">
    bd.yield %0 : !bd.q<"ms">
  }
  step.graph @jumps from @E to @E connect "all_to_all" ([]) key "jumps" weight @twice delay @late
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden init {
    %k = step.read @k : !bd.q<"1">
    %u = bd.const 1.0 : !bd.q<"mV">
    %0 = bd.mul %k, %u : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.state @idle : !step.array<!bd.q<"mV">, @E> hidden
  step.state @past : !step.array<!bd.q<"mV">, @E> delay rows @rows by_element
  step.queue @spikes on @E
  step.loop [@x, @idle, @past] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %idle: !step.array<!bd.q<"mV">, @E>, %past: !step.array<!bd.q<"mV">, @E>):
    %hit = step.deliver @spikes through @jumps (%x : !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%a: !bd.q<"mV">, %w: !bd.q<"1">):
      %u = bd.const 1.0 : !bd.q<"mV">
      %0 = bd.mul %w, %u : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      %1 = bd.add %a, %0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %1 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    %felt = step.contract @net sources (%past : !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      %0 = bd.mul %w, %s : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    %y, %i, %m, %ind = step.map @E (%hit, %felt, %idle : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%a: !bd.q<"mV">, %f: !bd.q<"mV">, %c: !bd.q<"mV">):
      %q = step.read @twice : !bd.q<"1">
      %0 = bd.mul %q, %a : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
      %1 = bd.add %0, %f : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %u = bd.const 1.0 : !bd.q<"mV">
      %over = bd.cmp gt %1, %u : !bd.q<"mV">, !bd.q<"mV">
      %r = bd.div %1, %u : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"1">
      %s = bd.indicator %over of %r {
      ^bb0(%z: !bd.q<"1">):
        %one = bd.const 1.0 : !bd.q<"1">
        bd.yield %one : !bd.q<"1">
      } : <"1"> -> <"1">
      bd.yield %1, %c, %over, %s : !bd.q<"mV">, !bd.q<"mV">, i1, !bd.q<"1">
    } -> !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<i1, @E>, !step.array<!bd.q<"1">, @E>
    step.emit %m to @spikes indicator %ind : !step.array<!bd.q<"1">, @E> : !step.array<i1, @E>
    %kept = step.push %y into %past : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E> -> !step.array<!bd.q<"mV">, @E>
    step.next %y, %i, %kept : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @E>
  }
  step.record observed "x" as "x" on @E from @x : !bd.q<"mV">
  step.record observed "spikes" as "spikes" on @E from @spikes
  step.objective [{function = "sum", arguments = [{record = 0}]}] terms [0] {
  ^bb0(%m: !bd.q<"mV">):
    %two = bd.const 2.0 : !bd.q<"1">
    %0 = bd.mul %two, %m : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.gradient of @k
}

// The direction is a number of the host; what is made of a parameter moves with it, unless it was set.
// CHECK: step.scalar settable @"direction of k"
// CHECK: step.scalar settable @twice
// CHECK: attributes {step.given = @"twice is given"}
// CHECK: step.scalar @"tangent of twice"
// CHECK: %[[D:.*]] = step.read @"direction of k"
// CHECK: %[[DD:.*]] = bd.add %[[D]], %[[D]]
// CHECK: bd.select %{{.*}}, %{{.*}}, %[[DD]]

// Weights and delays that change: twins of the graph with their changes as weights.
// CHECK: step.graph @"tangent of the delays of net" {{.*}} key "net" weights !bd.q<"ms">
// CHECK: bd.neg
// CHECK: } {step.beside}
// CHECK: step.graph @"tangent of net" {{.*}} key "net" weights !bd.q<"1">
// CHECK: } {step.beside}

// CHECK: step.state @"tangent of x" : !step.array<!bd.q<"mV">, @E> hidden init
// CHECK-NOT: tangent of idle
// CHECK: step.state @"tangent of past" {{.*}} delay rows @rows by_element
// CHECK: step.state @"tangents of spikes" : !step.array<!bd.q<"1">, @E> delay rows @"rows of tangents of jumps"

// CHECK: step.loop [@x, @idle, @past, @"tangent of x", @"tangent of past", @"tangents of spikes", @"tangent of spikes"]
// What events that might have been would have added; what events add that happen.
// CHECK: %[[MIGHT:.*]] = step.contract @jumps sources
// CHECK: %[[TX:.*]] = step.map @E(%{{.*}}, %[[MIGHT]]
// CHECK: step.deliver @spikes through @jumps(%{{.*}}, %[[TX]] :
// CHECK: step.read @"tangent of twice"
// The sums: of what the sources' tangents give, of the weights', of the delays'.
// CHECK: step.contract @net
// CHECK: step.contract @"tangent of net"
// CHECK: step.contract @"tangent of the delays of net" {{.*}} rates [0]
// CHECK: step.next

// CHECK: step.record unsaved "tangent of x" {{.*}} from @"tangent of x" {{.*}}attributes {step.tangent_of = 0 : i64}
// CHECK: step.record unsaved "tangent of spikes" {{.*}} from @"tangent of spikes"{{.*}} attributes {step.tangent_of = 1 : i64}
// CHECK: step.objective
// CHECK-NEXT: ^bb0(%[[T:.*]]: !bd.q<"mV">, %[[DT:.*]]: !bd.q<"mV">)
// CHECK: step.direction of @k is @"direction of k"
// CHECK-NOT: step.gradient
