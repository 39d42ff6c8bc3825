// RUN: bdc-opt %s --bd-fold-units --bd-flatten | FileCheck %s
// The past of a state: a ring on every element, read once in a step, at the present where the delay is zero. A condition
// reads an input as it is at the end of the step.

bd.model @M neuron {
  bd.param @d : !bd.q<"ms">
  bd.input @I : !bd.q<"1">
  bd.state @x : !bd.state<!bd.q<"1">, hidden> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  bd.ode @x {
    %then = bd.past @x ago { %d = bd.get @d : !bd.q<"ms">  bd.yield %d : !bd.q<"ms"> } : !bd.q<"1">
    %again = bd.past @x ago { %e = bd.get @d : !bd.q<"ms">  bd.yield %e : !bd.q<"ms"> } : !bd.q<"1">
    %sum = bd.add %then, %again : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %t = bd.const 10.0 : !bd.q<"ms">
    %0 = bd.div %sum, %t : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
    bd.yield %0 : !bd.q<"/ms">
  }
  bd.on when {
    %i = bd.get @I : !bd.q<"1">
    %x = bd.get @x : !bd.q<"1">
    %0 = bd.cmp gt %i, %x : !bd.q<"1">, !bd.q<"1">
    bd.yield %0 : i1
  } do { bd.emit  bd.yield }
}
bd.network @Net {
  bd.population @P of @M size { %0 = bd.const 4.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> } with {
    bd.bind per_element @d as "P.d" {
      %m = bd.const 1.0 : !bd.q<"ms">
      %s = bd.const 5.0 : !bd.q<"ms">
      %0 = bd.random uniform(%m, %s) purpose "P.d" draw 0 : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %0 : !bd.q<"ms">
    }
  }
}
bd.experiment @run of @Net method "euler"
    for { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.drive @P input @I = {
    %t = bd.time : !bd.q<"ms">
    %u = bd.const 10.0 : !bd.q<"ms">
    %0 = bd.div %t, %u : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  bd.record "P.x" of @P : !bd.q<"1"> value { %0 = bd.get @x : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

// The longest delay that can be drawn, and rows for it.
// CHECK: step.scalar @P.x.ago.max_delay
// CHECK-NEXT: bd.const 5.0
// CHECK: step.scalar @P.x.ago.rows
// CHECK: step.state @P.x.ago.past : {{.*}} delay rows @P.x.ago.rows by_element init {
// CHECK-NEXT: step.element @P.x
// CHECK: step.graph @"the past of P.x" from @P to @P connect "one_to_one"{{.*}}delays in "interpolated" {
// CHECK-NEXT: step.element @P.d
// CHECK-NOT: step.graph
// CHECK: step.loop
// CHECK: %[[THEN:.*]] = step.contract @"the past of P.x"
// CHECK: %[[FELT:.*]] = step.map @P({{.*}}, %[[THEN]] :
// CHECK: bd.cmp gt %{{.*}}, %{{.*}} : <"ms">
// CHECK: bd.select
// CHECK: %[[X:.*]] = step.ode "euler"{{.*}}(%[[FELT]] :
// The condition: the drive at t + dt.
// CHECK: step.map
// CHECK: bd.time
// CHECK: bd.dt
// CHECK: bd.fn round
// CHECK: bd.cmp gt
// CHECK: step.push
