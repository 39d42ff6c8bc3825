// RUN: bdc-opt %s | bdc-opt | FileCheck %s
// RUN: bdc-opt %s --mlir-print-op-generic | bdc-opt | FileCheck %s
// Every operation prints and parses back.

// CHECK-LABEL: bd.model @AdEx neuron
bd.model @AdEx neuron {
  // CHECK: bd.param @tau : !bd.q<"ms">{{$}}
  bd.param @tau : !bd.q<"ms">
  // CHECK: bd.param per_element @v_T : !bd.q<"mV"> {
  // CHECK: bd.random normal(%{{.*}}, %{{.*}}) purpose "v_T" draw 0
  bd.param per_element @v_T : !bd.q<"mV"> {
    %m = bd.const -50.0 : !bd.q<"mV">
    %s = bd.const 0.001 : !bd.q<"V">
    %0 = bd.random normal(%m, %s) purpose "v_T" draw 0 : (!bd.q<"mV">, !bd.q<"V">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  } attributes {doc = "threshold"}
  // CHECK: attributes {doc = "threshold"}
  // CHECK: bd.input @I : !bd.q<"mV">
  bd.input @I : !bd.q<"mV">
  // CHECK: bd.state @v : !bd.state<!bd.q<"mV">, hidden> {
  bd.state @v : !bd.state<!bd.q<"mV">, hidden> {
    %0 = bd.get @v_T : !bd.q<"mV">
    %1 = bd.neg %0 : (!bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %1 : !bd.q<"mV">
  }
  // CHECK: bd.let @u : !bd.q<"1">
  // CHECK: bd.fn exp
  // CHECK: bd.power %{{.*}} to 3 over 2
  // CHECK: bd.time held
  // CHECK: bd.dt
  // CHECK: bd.index
  // CHECK: bd.past @v ago {
  bd.let @u : !bd.q<"1"> {
    %v = bd.get @v : !bd.q<"mV">
    %t = bd.get @v_T : !bd.q<"mV">
    %r = bd.div %v, %t : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"1">
    %e = bd.fn exp(%r) : (!bd.q<"1">) -> !bd.q<"1">
    %p = bd.power %e to 3 over 2 : (!bd.q<"1">) -> !bd.q<"1">
    %m = bd.fn max(%p, %e) : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %now = bd.time held : !bd.q<"ms">
    %dt = bd.dt : !bd.q<"ms">
    %n = bd.index : !bd.q<"1">
    %before = bd.past @v ago { %d = bd.get @tau : !bd.q<"ms">  bd.yield %d : !bd.q<"ms"> } : !bd.q<"mV">
    bd.yield %m : !bd.q<"1">
  }
  // CHECK: bd.ode @v
  bd.ode @v {
    %i = bd.get @I : !bd.q<"mV">
    %t = bd.get @tau : !bd.q<"ms">
    %0 = bd.div %i, %t : (!bd.q<"mV">, !bd.q<"ms">) -> !bd.q<"V/s">
    bd.yield %0 : !bd.q<"V/s">
  }
  // CHECK: bd.on when {
  // CHECK: bd.cmp ge
  // CHECK: } do {
  // CHECK: bd.emit
  // CHECK: bd.set @v
  // CHECK: bd.increment @v by
  // CHECK: bd.hold @v for
  bd.on when {
    %v = bd.get @v : !bd.q<"mV">
    %t = bd.get @v_T : !bd.q<"mV">
    %0 = bd.cmp ge %v, %t : !bd.q<"mV">, !bd.q<"mV">
    bd.yield %0 : i1
  } do {
    bd.emit
    %t = bd.get @v_T : !bd.q<"mV">
    bd.set @v, %t : !bd.q<"mV">
    bd.increment @v by %t : !bd.q<"mV">
    %h = bd.get @tau : !bd.q<"ms">
    bd.hold @v for %h : !bd.q<"ms">
    bd.yield
  }
}

// CHECK-LABEL: bd.model @S synapse
bd.model @S synapse {
  bd.state @g : !bd.state<!bd.q<"nS">, short_term>
  // CHECK: bd.on do
  // CHECK: bd.weight
  bd.on do {
    %w = bd.weight : !bd.q<"nS">
    bd.increment @g by %w : !bd.q<"nS">
    bd.yield
  }
  // CHECK: bd.output "g" : !bd.q<"nS">
  bd.output "g" : !bd.q<"nS"> { %0 = bd.get @g : !bd.q<"nS">  bd.yield %0 : !bd.q<"nS"> }
}

// CHECK-LABEL: bd.model @F effect
bd.model @F effect {
  // CHECK: bd.output : !bd.q<"pA">
  // CHECK: bd.received "g"
  // CHECK: bd.target @v
  bd.output : !bd.q<"pA"> {
    %g = bd.received "g" : !bd.q<"nS">
    %v = bd.target @v : !bd.q<"mV">
    %0 = bd.mul %g, %v : (!bd.q<"nS">, !bd.q<"mV">) -> !bd.q<"pA">
    bd.yield %0 : !bd.q<"pA">
  }
}

// CHECK-LABEL: bd.network @Net
bd.network @Net {
  // CHECK: bd.param whole @N : !bd.q<"1">
  bd.param whole @N : !bd.q<"1"> { %0 = bd.const 4.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  // CHECK: bd.population @E of @AdEx size {
  // CHECK: } with {
  // CHECK: bd.bind per_element @tau as "E.tau" {
  bd.population @E of @AdEx size { %0 = bd.read @N : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> } with {
    bd.bind per_element @tau as "E.tau" { %0 = bd.const 5.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  } attributes {method = "rk4"}
  // CHECK: bd.project @p of "p" from @E slice {
  // CHECK: to @E input @I connect "random"({
  // CHECK: }) no_self synapse @S effect @F weight {
  // CHECK: delay {
  // CHECK: with {
  // CHECK: bd.bind "synapse" @x as "p.x"
  bd.project @p of "p" from @E slice {
    %a = bd.const 0.0 : !bd.q<"1">
    bd.yield %a, %a, %a : !bd.q<"1">, !bd.q<"1">, !bd.q<"1">
  } to @E input @I connect "random" ({ %0 = bd.const 0.1 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }) no_self synapse @S effect @F
    weight { %0 = bd.const 1.0 : !bd.q<"nS">  bd.yield %0 : !bd.q<"nS"> }
    delay { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    with { bd.bind "synapse" @x as "p.x" { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } }
  // CHECK: bd.start @E state @v
  bd.start @E state @v { %0 = bd.const 1.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
}

// CHECK-LABEL: bd.experiment @run of @Net method "heun" for {
// CHECK: } step {
// CHECK: } discard {
bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"s">  bd.yield %0 : !bd.q<"s"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } discard { %0 = bd.const 0.1 : !bd.q<"s">  bd.yield %0 : !bd.q<"s"> } {
  // CHECK: bd.drive @E input @I = {
  // CHECK: } from {
  // CHECK: } to {
  bd.drive @E input @I = { %0 = bd.const 1.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
    from { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } to { %0 = bd.const 2.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  // CHECK: bd.record unsaved "spikes(E)" of @E
  bd.record unsaved "spikes(E)" of @E
  // CHECK: bd.record "E.v" of @E : !bd.q<"mV"> every {
  // CHECK: } value {
  bd.record "E.v" of @E : !bd.q<"mV"> every { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    value { %0 = bd.get @v : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  // CHECK: bd.request "plot" "raster" "raster(E)" [{record = 0 : i64}]
  bd.request "plot" "raster" "raster(E)" [{record = 0}]
  // CHECK: bd.sensitivity of [1] to {name = "N", scalar = @N}
  bd.sensitivity of [1] to {name = "N", scalar = @N}
}
