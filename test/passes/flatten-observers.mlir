// RUN: bdc-opt %s --bd-flatten --split-input-file --verify-diagnostics | FileCheck %s
// An observer adds up what it sees in every step; in every n-th the mean drives its equations, which advance by n steps. All of it is in double
// precision; its output is computed where it is recorded.

// CHECK-LABEL: step.program @e
// CHECK:       step.scalar @low.steps : !bd.q<"1">
// CHECK:         bd.fn round
// CHECK:         bd.fn max
// CHECK:       step.state @low.sum : !step.array<!bd.q<"1", f64>, @a> short_term
// CHECK:       step.state @low.z : !step.array<!bd.q<"1", f64>, @a> short_term
// CHECK:       step.state @low.y : !step.array<!bd.q<"1", f64>, @a> hidden init
// CHECK:       step.loop [@a.x, @low.sum, @low.z, @low.y]
// CHECK:         ^bb0(%{{.*}}, %[[SUM:[a-z0-9]*]]: !step.array<!bd.q<"1", f64>, @a>, %[[Z:[a-z0-9]*]]: {{[^%]*}}, %[[Y:[a-z0-9]*]]:
// CHECK:         %[[X:.*]] = step.ode "euler" @a[
// What is seen is the value at the end of the step.
// CHECK:         %[[MORE:.*]] = step.map @a(%[[X]], %[[SUM]] :
// CHECK:           bd.add %{{.*}}, %{{.*}} : (!bd.q<"1", f64>, !bd.q<"1">) -> !bd.q<"1", f64>
// CHECK:         %[[MEAN:.*]]:2 = step.map @a every @low.steps(%[[Z]], %[[MORE]] :
// CHECK:           %[[N:.*]] = step.read @low.steps
// CHECK:           bd.div %{{.*}}, %[[N]] : (!bd.q<"1", f64>, !bd.q<"1">) -> !bd.q<"1", f64>
// CHECK:         %[[NEXT:.*]] = step.ode "rk4" @a every @low.steps[%[[Y]] : {{.*}}] (%[[MEAN]]#0 :
// CHECK:           bd.sub %{{.*}} : (!bd.q<"1", f64>, !bd.q<"1", f64>) -> !bd.q<"1", f64>
// CHECK:           bd.yield %{{.*}} : !bd.q<"/ms", f64>
// CHECK:         step.next %[[X]], %[[MEAN]]#1, %[[MEAN]]#0, %[[NEXT]]
// CHECK:       step.record "low" as "low" on @a : !bd.q<"1", f64> every @low.every {
// CHECK:         step.element @low.y : !bd.q<"1", f64>
// CHECK:         step.element @low.z : !bd.q<"1", f64>
bd.model @M mass {
  bd.state @x : !bd.state<!bd.q<"1">, hidden> { %0 = bd.const 0.0 : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.ode @x { %0 = bd.const 1.0 : <"/ms">  bd.yield %0 : !bd.q<"/ms"> }
}
bd.model @Low observer {
  bd.param @tau : !bd.q<"ms"> { %0 = bd.const 5.0 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.input @z : !bd.q<"1">
  bd.state @y : !bd.state<!bd.q<"1">, hidden> { %0 = bd.const 0.0 : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.output "output" : !bd.q<"1"> {
    %0 = bd.get @y : <"1">
    %1 = bd.get @z : <"1">
    %2 = bd.add %0, %1 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %2 : !bd.q<"1">
  }
  bd.ode @y {
    %0 = bd.get @z : <"1">
    %1 = bd.get @y : <"1">
    %2 = bd.sub %0, %1 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %3 = bd.get @tau : <"ms">
    %4 = bd.div %2, %3 : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
    bd.yield %4 : !bd.q<"/ms">
  }
}
bd.network @N {
  bd.param whole @a.size : !bd.q<"1"> { %0 = bd.const 3.0 : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.param @low.every : !bd.q<"ms"> { %0 = bd.const 2.0 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.param @low.step : !bd.q<"ms"> { %0 = bd.const 1.0 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.population @a of @M size { %0 = bd.read @a.size : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.observe @low of @a value { %0 = bd.get @x : <"1">  bd.yield %0 : !bd.q<"1"> } by @Low step @low.step method "rk4"
}
bd.experiment @e of @N method "euler" for { %0 = bd.const 10.0 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : <"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.record "low" of @low : !bd.q<"1"> every { %0 = bd.read @low.every : <"ms">  bd.yield %0 : !bd.q<"ms"> }
      value { %0 = bd.get @output : <"1">  bd.yield %0 : !bd.q<"1"> }
}

// -----

// An observer observes something.
bd.model @M mass {
  bd.state @x : !bd.state<!bd.q<"1">, hidden>
}
bd.model @Blind observer {
  bd.output "output" : !bd.q<"1"> { %0 = bd.const 1.0 : <"1">  bd.yield %0 : !bd.q<"1"> }
}
bd.network @N {
  bd.param whole @a.size : !bd.q<"1"> { %0 = bd.const 3.0 : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.param @o.step : !bd.q<"ms"> { %0 = bd.const 1.0 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.population @a of @M size { %0 = bd.read @a.size : <"1">  bd.yield %0 : !bd.q<"1"> }
  // expected-error @+1 {{the observer Blind needs a source and an output}}
  bd.observe @o of @a value { %0 = bd.get @x : <"1">  bd.yield %0 : !bd.q<"1"> } by @Blind step @o.step method "rk4"
}
bd.experiment @e of @N method "euler" for { %0 = bd.const 10.0 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : <"ms">  bd.yield %0 : !bd.q<"ms"> } {
}
