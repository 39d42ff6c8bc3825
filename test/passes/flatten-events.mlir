// RUN: bdc-opt %s --bd-fold-units --bd-flatten | FileCheck %s
// RUN: bdc-opt %s --bd-fold-units --bd-flatten=separate=b.tau | FileCheck %s --check-prefix=SEPARATE
// Jumps into states, drawn delays and weights, parameters per element, merged synaptic states.

bd.model @Cell neuron {
  bd.param @a : !bd.q<"1">
  bd.input @I : !bd.q<"/ms">
  bd.state @x : !bd.state<!bd.q<"1">, hidden>
  bd.state @count : !bd.state<!bd.q<"1">, short_term>
  bd.ode @x { %0 = bd.get @I : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  bd.on when {
    %x = bd.get @x : !bd.q<"1">
    %a = bd.get @a : !bd.q<"1">
    %0 = bd.cmp gt %x, %a : !bd.q<"1">, !bd.q<"1">
    bd.yield %0 : i1
  } do {
    bd.emit
    %one = bd.const 1.0 : !bd.q<"1">
    bd.increment @count by %one : !bd.q<"1">
    %t = bd.const 1.0 : !bd.q<"ms">
    bd.hold @x for %t : !bd.q<"ms">
    bd.yield
  }
}

bd.model @Current synapse {
  bd.param @tau : !bd.q<"ms">
  bd.state @i : !bd.state<!bd.q<"/ms">, hidden>
  bd.ode @i {
    %i = bd.get @i : !bd.q<"/ms">
    %n = bd.neg %i : (!bd.q<"/ms">) -> !bd.q<"/ms">
    %t = bd.get @tau : !bd.q<"ms">
    %0 = bd.div %n, %t : (!bd.q<"/ms">, !bd.q<"ms">) -> !bd.q<"/ms^2">
    bd.yield %0 : !bd.q<"/ms^2">
  }
  bd.on do {
    %w = bd.weight : !bd.q<"1">
    %t = bd.get @tau : !bd.q<"ms">
    %0 = bd.div %w, %t : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
    bd.increment @i by %0 : !bd.q<"/ms">
    bd.yield
  }
  bd.output "i" : !bd.q<"/ms"> { %0 = bd.get @i : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
}

bd.network @Net {
  bd.population @P of @Cell size { %0 = bd.const 10.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> } with {
    bd.bind per_element @a as "P.a" {
      %m = bd.const 1.0 : !bd.q<"1">
      %s = bd.const 2.0 : !bd.q<"1">
      %0 = bd.random uniform(%m, %s) purpose "P.a" draw 0 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    }
  }
  bd.project @jump of "jump" from @P to @P input @x connect "one_to_one"
    weight { %w = bd.const 0.5 : !bd.q<"1">  bd.yield %w : !bd.q<"1"> }
  bd.project @late of "late" from @P to @P input @x connect "all_to_all"
    weight {
      %m = bd.const 1.0 : !bd.q<"1">
      %s = bd.const 2.0 : !bd.q<"1">
      %0 = bd.random normal(%m, %s) purpose "late.weight" draw 0 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    }
    delay {
      %m = bd.const 1.0 : !bd.q<"ms">
      %s = bd.const 3.0 : !bd.q<"ms">
      %0 = bd.random uniform(%m, %s) purpose "late.delay" draw 0 : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %0 : !bd.q<"ms">
    } attributes {weight_per_edge, delay_per_edge}
  bd.project @a of "a" from @P to @P input @I connect "fixed_in_degree" ({ %k = bd.const 3.0 : !bd.q<"1">  bd.yield %k : !bd.q<"1"> })
    synapse @Current superposes
    weight { %w = bd.const 1.0 : !bd.q<"1">  bd.yield %w : !bd.q<"1"> }
    with { bd.bind "synapse" @tau as "a.tau" { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } }
  bd.project @b of "b" from @P to @P input @I connect "all_to_all"
    synapse @Current superposes
    weight { %w = bd.const 2.0 : !bd.q<"1">  bd.yield %w : !bd.q<"1"> }
    with { bd.bind "synapse" @tau as "b.tau" { %0 = bd.const 0.005 : !bd.q<"s">  bd.yield %0 : !bd.q<"s"> } }
}

bd.experiment @run of @Net method "rk4"
    for { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.drive @P input @I slice {
    %a = bd.const 2.0 : !bd.q<"1">
    %b = bd.const 8.0 : !bd.q<"1">
    %c = bd.const 2.0 : !bd.q<"1">
    bd.yield %a, %b, %c : !bd.q<"1">, !bd.q<"1">, !bd.q<"1">
  } = { %0 = bd.const 1.0 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
}

// The two settings of tau are one number now, and marked.
// CHECK: step.scalar @late.max_delay
// CHECK: bd.const 3.000000e+00 : <"ms">
// CHECK: step.scalar @late.rows
// CHECK: step.scalar settable @a.tau
// CHECK: attributes {step.merged}
// CHECK: step.scalar settable whole @a.degree
// CHECK: step.scalar settable @b.tau
// CHECK: attributes {shown = "s", step.merged}

// CHECK: step.state @P.a : !step.array<!bd.q<"1">, @P> param init
// CHECK: step.state @P.x.pending : !step.array<!bd.q<"1">, @P> short_term
// CHECK: step.graph @late from @P to @P connect "all_to_all"([]) key "late" weights !bd.q<"1"> {
// CHECK: bd.random normal
// CHECK: max_delay @late.max_delay delays {
// CHECK: bd.random uniform
// CHECK: step.state @late.arriving : !step.array<!bd.q<"1">, @P> delay rows @late.rows
// CHECK: step.state @a.i
// CHECK-NOT: step.state @b.i

// CHECK: step.deliver @"spikes(P)" through @jump(%[[PENDING:.*]] : !step.array<!bd.q<"1">, @P>)
// CHECK: step.deliver slots @"spikes(P)" through @late(
// CHECK: step.deliver @"spikes(P)" through @a(
// CHECK: bd.div
// CHECK: step.deliver @"spikes(P)" through @b(
// CHECK: %[[DUE:.*]], %[[REST:.*]] = step.take
// A held state ignores jumps; the accumulator is cleared.
// CHECK: %[[ARRIVED:.*]]:2 = step.map @P(
// CHECK: bd.select
// CHECK: bd.select
// CHECK: step.ode "rk4" @P[%[[ARRIVED]]#0,
// CHECK: bd.index
// CHECK: bd.fn mod
// CHECK: step.emit

// SEPARATE-NOT: step.merged
// SEPARATE: step.state @a.i
// SEPARATE: step.state @b.i
