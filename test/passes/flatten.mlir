// RUN: bdc-opt %s --bd-fold-units --bd-flatten | FileCheck %s
// A small balanced network: two populations of one model, conductances on their targets, a common delay.

// dt comes first, then what the network and the models declare, with the user's unit where it is another.
// CHECK: step.program @balanced of "Net" for @duration {
// CHECK-NEXT: step.scalar settable @dt : !bd.q<"ms">
// CHECK: step.scalar settable whole @E.size
// CHECK: step.scalar settable @duration : !bd.q<"ms"> {
// CHECK-NEXT: bd.const 1.000000e+03
// CHECK: step.scalar settable @I.tau : !bd.q<"ms"> {
// CHECK-NEXT: bd.const 1.000000e+01
// CHECK: step.scalar settable @E_to_EI.delay : !bd.q<"ms"> {
// CHECK-NEXT: bd.const 1.500000e+00
// CHECK: attributes {shown = "us"}
// CHECK: step.scalar @E_to_EI.delay.steps
// CHECK: bd.fn round
// CHECK: step.scalar @"depth of spikes(E)"

// Start values replace the model's; a queue is as deep as its readers' longest delay.
// CHECK: step.space @E size @E.size
// CHECK: step.state @E.v : !step.array<!bd.q<"mV">, @E> hidden init
// CHECK: bd.random normal
// CHECK: step.state @E.v.hold : !step.array<i32, @E> short_term
// CHECK: step.queue @"spikes(E)" on @E depth @"depth of spikes(E)"
// CHECK: step.state @I.v
// CHECK-NEXT: step.read @I.v_rest
// CHECK: step.queue @"spikes(I)" on @I{{$}}
// CHECK: step.graph @E_to_EI__E_E from @E to @E connect "random"([@E_to_EI.p]) key "E_to_EI__E_E" no_self weight @E_to_EI.weight delay @E_to_EI.delay.steps
// CHECK: step.graph @E_to_EI__E_I from @E to @I connect "random"([@E_to_EI.p]) key "E_to_EI__E_I" weight @E_to_EI.weight

// One step: events, then each population's equations with those of its synapses, then its conditions.
// CHECK: step.loop [@E.v, @E.v.hold, @I.v, @I.v.hold, @E_to_EI__E_E.g, @E_to_EI__E_I.g]
// CHECK: step.deliver @"spikes(E)" through @E_to_EI__E_E(%[[G:.*]] :
// CHECK: bd.add
// CHECK: step.deliver @"spikes(E)" through @E_to_EI__E_I(
// CHECK: %[[ODE:.*]]:2 = step.ode "exponential_euler" @E[
// CHECK: ^bb0(%[[V:.*]]: !bd.q<"mV">, %[[GE:.*]]: !bd.q<"1">, %[[R:.*]]: i32):
// CHECK: %[[T:.*]] = bd.time held
// CHECK: %[[ON:.*]] = bd.cmp ge %[[T]]
// CHECK: %[[DRIVE:.*]] = bd.select %[[ON]]
// CHECK: %[[TO:.*]] = bd.sub %{{.*}}, %[[V]]
// CHECK: %[[EFFECT:.*]] = bd.mul %[[GE]], %[[TO]]
// CHECK: bd.add %[[DRIVE]], %[[EFFECT]]
// CHECK: %[[HELD:.*]] = arith.cmpi sgt, %[[R]]
// CHECK: %[[DV:.*]] = bd.select %[[HELD]]
// CHECK: bd.yield %[[DV]]
// CHECK: %[[OUT:.*]]:3 = step.map @E(%[[ODE]]#0,
// CHECK: bd.select
// CHECK: step.hold_steps
// CHECK: step.emit %[[OUT]]#2 to @"spikes(E)"
// CHECK: step.next %[[OUT]]#1, %[[OUT]]#0, {{.*}}%[[ODE]]#1

// Recordings: spikes, an array, an expression (an input, from the arrays of the synapses).
// CHECK: step.record "spikes(E)" as "E" on @E from @"spikes(E)"
// CHECK: step.record "E.v[0:10]" as "E.v" on @E from @E.v : !bd.q<"mV"> slice [@record.1.first, @record.1.last, @record.1.stride] every @record.1.every
// CHECK: step.record "E.I" as "E.I" on @E : !bd.q<"mV">
// CHECK: step.element @E_to_EI__E_E.g
// CHECK: attributes {shown = "V"}
// CHECK: step.request "summary" "rate" "rate(E)" [{record = 0 : i64, text = "E"}]
// CHECK: step.request "plot" "rate" "rate(E)" [{{.*}}, {option = "bin", scalar = @request.1.bin}]

bd.model @LIF neuron {
  bd.param @tau : !bd.q<"ms"> { %0 = bd.const 0.02 : !bd.q<"s">  bd.yield %0 : !bd.q<"s"> }
  bd.param @v_rest : !bd.q<"mV"> { %0 = bd.const -60.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  bd.param @v_th : !bd.q<"mV"> { %0 = bd.const -50.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  bd.param @t_ref : !bd.q<"ms"> { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.input @I : !bd.q<"mV">
  bd.state @v : !bd.state<!bd.q<"mV">, hidden> { %0 = bd.get @v_rest : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  bd.let @drift : !bd.q<"mV"> {
    %r = bd.get @v_rest : !bd.q<"mV">
    %v = bd.get @v : !bd.q<"mV">
    %0 = bd.sub %r, %v : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  bd.ode @v {
    %d = bd.get @drift : !bd.q<"mV">
    %i = bd.get @I : !bd.q<"mV">
    %s = bd.add %d, %i : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    %t = bd.get @tau : !bd.q<"ms">
    %0 = bd.div %s, %t : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"mV/ms">
    bd.yield %0 : !bd.q<"mV/ms">
  }
  bd.on when {
    %v = bd.get @v : !bd.q<"mV">
    %th = bd.get @v_th : !bd.q<"mV">
    %0 = bd.cmp gt %v, %th : !bd.q<"mV">, !bd.q<"mV">
    bd.yield %0 : i1
  } do {
    bd.emit
    %r = bd.get @v_rest : !bd.q<"mV">
    bd.set @v, %r : !bd.q<"mV">
    %t = bd.get @t_ref : !bd.q<"ms">
    bd.hold @v for %t : !bd.q<"ms">
    bd.yield
  }
}

bd.model @Exponential synapse {
  bd.param @tau : !bd.q<"ms">
  bd.state @g : !bd.state<!bd.q<"1">, hidden>
  bd.ode @g {
    %g = bd.get @g : !bd.q<"1">
    %n = bd.neg %g : (!bd.q<"1">) -> !bd.q<"1">
    %t = bd.get @tau : !bd.q<"ms">
    %0 = bd.div %n, %t : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
    bd.yield %0 : !bd.q<"/ms">
  }
  bd.on do {
    %w = bd.weight : !bd.q<"1">
    bd.increment @g by %w : !bd.q<"1">
    bd.yield
  }
  bd.output "g" : !bd.q<"1"> { %0 = bd.get @g : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

bd.model @Conductance effect {
  bd.param @E_rev : !bd.q<"mV">
  bd.output : !bd.q<"mV"> {
    %g = bd.received "g" : !bd.q<"1">
    %e = bd.get @E_rev : !bd.q<"mV">
    %v = bd.target @v : !bd.q<"mV">
    %d = bd.sub %e, %v : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    %0 = bd.mul %g, %d : (!bd.q<"1">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
}

bd.network @Net {
  bd.param @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.param @N : !bd.q<"1"> { %0 = bd.const 100.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  bd.param whole @"E.size" : !bd.q<"1"> {
    %n = bd.read @N : !bd.q<"1">
    %f = bd.const 0.8 : !bd.q<"1">
    %0 = bd.mul %f, %n : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  bd.param @"E_to_EI.tau" : !bd.q<"ms"> { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.population @E of @LIF size { %0 = bd.read @"E.size" : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  bd.population @I of @LIF size { %0 = bd.const 20.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> } with {
    bd.bind @tau as "I.tau" { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  }
  bd.project @E_to_EI__E_E of "E_to_EI" from @E to @E input @I connect "random" ({ %p = bd.const 0.02 : !bd.q<"1">  bd.yield %p : !bd.q<"1"> }) no_self
    synapse @Exponential effect @Conductance
    weight { %w = bd.const 0.6 : !bd.q<"1">  bd.yield %w : !bd.q<"1"> }
    delay { %d = bd.const 1500.0 : !bd.q<"us">  bd.yield %d : !bd.q<"us"> }
    with {
      bd.bind "synapse" @tau as "E_to_EI.tau" { %0 = bd.read @"E_to_EI.tau" : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
      bd.bind "effect" @E_rev as "E_to_EI.E_rev" { %0 = bd.const 0.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
    }
  bd.project @E_to_EI__E_I of "E_to_EI" from @E to @I input @I connect "random" ({ %p = bd.const 0.02 : !bd.q<"1">  bd.yield %p : !bd.q<"1"> })
    synapse @Exponential effect @Conductance
    weight { %w = bd.const 0.6 : !bd.q<"1">  bd.yield %w : !bd.q<"1"> }
    with {
      bd.bind "synapse" @tau as "E_to_EI.tau" { %0 = bd.read @"E_to_EI.tau" : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
      bd.bind "effect" @E_rev as "E_to_EI.E_rev" { %0 = bd.const 0.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
    }
  bd.start @E state @v {
    %m = bd.const -55.0 : !bd.q<"mV">
    %s = bd.const 2.0 : !bd.q<"mV">
    %0 = bd.random normal(%m, %s) purpose "E.v" draw 0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
}

bd.experiment @balanced of @Net method "exponential_euler"
    for { %0 = bd.const 1.0 : !bd.q<"s">  bd.yield %0 : !bd.q<"s"> } step { %0 = bd.read @dt : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.drive @E input @I = { %0 = bd.const 20.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
    from { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.record "spikes(E)" of @E
  bd.record "E.v[0:10]" of @E slice {
    %a = bd.const 0.0 : !bd.q<"1">
    %b = bd.const 10.0 : !bd.q<"1">
    %c = bd.const 1.0 : !bd.q<"1">
    bd.yield %a, %b, %c : !bd.q<"1">, !bd.q<"1">, !bd.q<"1">
  } : !bd.q<"mV"> every { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    value { %0 = bd.get @v : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  bd.record "E.I" of @E : !bd.q<"V"> value { %0 = bd.get @I : !bd.q<"V">  bd.yield %0 : !bd.q<"V"> }
  bd.request "summary" "rate" "rate(E)" [{record = 0, text = "E"}]
  bd.request "plot" "rate" "rate(E)" [{record = 0, text = "E"}, {option = "bin", value = 0.005, unit = "s"}]
}
