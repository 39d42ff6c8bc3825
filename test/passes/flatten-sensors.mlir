// RUN: bdc-opt %s --bd-flatten | FileCheck %s
// RUN: bdc-opt %s --bd-flatten --bd-fold-units --step-integrate --step-derive --step-schedule --step-allocate | FileCheck %s --check-prefix=PHASES
// Sensors have a space of their own, apart from the network's. What is seen is averaged where it is; then each sensor sums it over its row of the
// matrix, in the same steps, and the observer's equations are the sensors'.

// CHECK-LABEL: step.program @e
// CHECK:       step.data @L facts [@L.columns, {{.*}}] rows @L.rows from
// CHECK:       step.space apart @low size @L.rows
// CHECK:       step.state @low.z : !step.array<!bd.q<"1", f64>, @a> short_term
// CHECK:       step.graph @low.connections from @a to @low connect "connectome"([]) data @L key "low" weights !bd.q<"1", f64> {
// CHECK:         bd.edge "weights" of @L : <"1", f64>
// CHECK:       step.state @low.total : !step.array<!bd.q<"1", f64>, @low> short_term
// CHECK:       step.state @low.y : !step.array<!bd.q<"1", f64>, @low> hidden init
// CHECK:       step.loop
// CHECK:         ^bb0(%{{.*}}, %{{.*}}, %{{.*}}, %[[TOTAL:[a-z0-9]*]]: !step.array<!bd.q<"1", f64>, @low>, %[[Y:[a-z0-9]*]]:
// CHECK:         %[[MEAN:.*]]:2 = step.map @a every @low.steps(
// CHECK:         %[[SUM:.*]] = step.contract @low.connections sources(%[[MEAN]]#0 : {{.*}}) every @low.steps else %[[TOTAL]] :
// CHECK:           bd.mul %{{.*}} : (!bd.q<"1", f64>, !bd.q<"1", f64>) -> !bd.q<"1", f64>
// CHECK:         %[[NEXT:.*]] = step.ode "rk4" @low every @low.steps[%[[Y]] : {{.*}}] (%[[SUM]] :
// CHECK:         step.next {{.*}}, %[[MEAN]]#1, %[[MEAN]]#0, %[[SUM]], %[[NEXT]]

// The sum is written where the last one was, so that it is still there in the steps between.
// PHASES:      step.loop
// PHASES:        step.phase @a every @low.steps after [{{.*}}] reads [@low.z, @low.sum] writes [@low.z, @low.sum]
// PHASES:        step.phase @low every @low.steps after [#step.wait<1 ago 0>] reads [@low.z, @low.total] writes [@low.total] {
// PHASES:          step.contract @low.connections {{.*}} every @low.steps else
// PHASES:        } slots [@low.total]
// PHASES:        step.phase @low every @low.steps reads [@low.y, @low.total] writes [@low.y] {
bd.model @M mass {
  bd.state @x : !bd.state<!bd.q<"1">, hidden> { %0 = bd.const 0.000000e+00 : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.ode @x { %0 = bd.const 1.000000e+00 : <"/ms">  bd.yield %0 : !bd.q<"/ms"> }
}
bd.model @Filtered observer {
  bd.param @tau : !bd.q<"ms"> { %0 = bd.const 5.000000e+00 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.input @z : !bd.q<"1">
  bd.state @y : !bd.state<!bd.q<"1">, hidden> { %0 = bd.const 0.000000e+00 : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.output "term" : !bd.q<"1"> {
    %0 = bd.weight : <"1">
    %1 = bd.get @z : <"1">
    %2 = bd.mul %0, %1 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %2 : !bd.q<"1">
  }
  bd.output "output" : !bd.q<"1"> { %0 = bd.get @y : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.ode @y {
    %0 = bd.coupled "total" : <"1">
    %1 = bd.get @y : <"1">
    %2 = bd.sub %0, %1 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %3 = bd.get @tau : <"ms">
    %4 = bd.div %2, %3 : (!bd.q<"1">, !bd.q<"ms">) -> !bd.q<"/ms">
    bd.yield %4 : !bd.q<"/ms">
  }
}
bd.network @N {
  bd.param whole @SC.size : !bd.q<"1"> { %0 = bd.const 0.000000e+00 : <"1">  bd.yield %0 : !bd.q<"1"> } attributes {doc = "number of regions"}
  bd.param whole @L.rows : !bd.q<"1"> { %0 = bd.const 0.000000e+00 : <"1">  bd.yield %0 : !bd.q<"1"> } attributes {doc = "number of rows"}
  bd.param whole @L.columns : !bd.q<"1"> { %0 = bd.const 0.000000e+00 : <"1">  bd.yield %0 : !bd.q<"1"> } attributes {doc = "number of columns"}
  bd.param whole @a.size : !bd.q<"1"> { %0 = bd.read @SC.size : <"1">  bd.yield %0 : !bd.q<"1"> } attributes {doc = "number of nodes"}
  bd.param @low.tau : !bd.q<"ms"> { %0 = bd.const 5.000000e+00 : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  bd.param @low.every : !bd.q<"ms"> { %0 = bd.const 2.000000e+00 : <"ms">  bd.yield %0 : !bd.q<"ms"> } attributes {doc = "how often it is recorded"}
  bd.param @low.step : !bd.q<"ms"> { %0 = bd.const 1.000000e+00 : <"ms">  bd.yield %0 : !bd.q<"ms"> } attributes {doc = "its own step"}
  bd.param @duration : !bd.q<"ms"> { %0 = bd.const 1.000000e+01 : <"ms">  bd.yield %0 : !bd.q<"ms"> } attributes {doc = "how long the network is simulated"}
  bd.param @dt : !bd.q<"ms"> { %0 = bd.const 1.000000e-01 : <"ms">  bd.yield %0 : !bd.q<"ms"> } attributes {doc = "the step of the integration"}
  bd.population @a of @M size { %0 = bd.read @a.size : <"1">  bd.yield %0 : !bd.q<"1"> }
  bd.connectome @SC size @SC.size from {arguments = {}, file = "two.csv", words = []}
  bd.connectome @L size @L.columns rows @L.rows from {arguments = {}, file = "two.csv", words = []}
  bd.observe @low of @a value { %0 = bd.get @x : <"1">  bd.yield %0 : !bd.q<"1"> } through @L weight {
    %0 = bd.const 2.000000e+00 : <"1">
    %1 = bd.edge "weights" of @L : <"1">
    %2 = bd.mul %0, %1 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %2 : !bd.q<"1">
  } by @Filtered step @low.step method "rk4" with {
    bd.bind @tau as "low.tau" { %0 = bd.read @low.tau : <"ms">  bd.yield %0 : !bd.q<"ms"> }
  }
}
bd.experiment @e of @N method "euler" for { %0 = bd.read @duration : <"ms">  bd.yield %0 : !bd.q<"ms"> } step { %0 = bd.read @dt : <"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.record "low" of @low : !bd.q<"1"> every { %0 = bd.read @low.every : <"ms">  bd.yield %0 : !bd.q<"ms"> } value { %0 = bd.get @output : <"1">  bd.yield %0 : !bd.q<"1"> }
}
