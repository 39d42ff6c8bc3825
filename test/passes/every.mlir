// RUN: bdc-opt %s --step-integrate | FileCheck %s --check-prefix=STEP
// RUN: bdc-opt %s --step-integrate --step-schedule --step-allocate | FileCheck %s
// RUN: bdc-opt %s --step-integrate --step-derive --step-schedule --step-allocate --step-to-loops="precision=f32 width=16" | FileCheck %s --check-prefix=LOOPS
// What happens in every n-th step alone.

// An ode of n steps advances by n·dt, from n steps before the end of this one: its times are t + dt − n·dt and, in the middle, n·dt / 2 more.
// STEP-LABEL: step.program @seldom
// STEP:       step.map @E every @n(%{{.*}}, %{{.*}} : !step.array<!bd.q<"1", f64>, @E>, !step.array<!bd.q<"1", f64>, @E>) {
// STEP:         %[[T:.*]] = bd.time
// STEP:         %[[DT:.*]] = bd.dt
// STEP:         %[[END:.*]] = bd.add %[[T]], %[[DT]]
// STEP:         %[[N:.*]] = step.read @n
// STEP:         %[[H:.*]] = bd.mul %[[N]], %[[DT]]
// STEP:         %[[BEGIN:.*]] = bd.sub %[[END]], %[[H]]
// STEP:         %[[HALF:.*]] = bd.mul %{{.*}}, %[[H]]
// STEP:         %[[MIDDLE:.*]] = bd.add %[[BEGIN]], %[[HALF]]
// STEP:         %[[K:.*]] = bd.mul %[[H]], %{{.*}} : (!bd.q<"ms">, !bd.q<"/ms^2">) -> !bd.q<"/ms">
// STEP:         %[[MOVE:.*]] = bd.mul %[[MIDDLE]], %[[K]]
// STEP:         bd.add %{{.*}}, %[[MOVE]] : (!bd.q<"1", f64>, !bd.q<"1">) -> !bd.q<"1", f64>

// Two phases over one space, since they happen in different steps. The results of the second lie where they were in the steps between: in the
// states that they change.
// CHECK-LABEL: step.program @seldom
// CHECK-NOT:   step.state @work
// CHECK:       step.loop
// CHECK:         step.phase @E reads [@x, @sum] writes [@x, @sum] {
// CHECK-COUNT-2:   step.map @E(
// CHECK:         } slots [@x, @sum] ->
// CHECK:         step.phase @E every @n reads [@mean, @sum, @y] writes [@mean, @sum, @y] {
// CHECK-COUNT-2:   step.map @E every @n(
// CHECK:         } slots [@mean, @sum, @y] ->
// CHECK-NOT:     step.phase

// One test in each step, the same for all; numbers of both kinds in vectors of as many elements.
// LOOPS-LABEL: func.func private @phase_0(
// LOOPS:         llvm.load %{{.*}} -> vector<16xf32>
// LOOPS:         %[[WIDE:.*]] = arith.extf %{{.*}} : vector<16xf32> to vector<16xf64>
// LOOPS:         arith.addf %{{.*}}, %[[WIDE]] : vector<16xf64>
// LOOPS-LABEL: func.func @bdc_run(
// LOOPS:       %[[INTERVAL:.*]] = arith.fptosi
// LOOPS:       scf.for
// LOOPS:         %[[REST:.*]] = arith.remsi %{{.*}}, %[[INTERVAL]]
// LOOPS:         call @phase_0(
// LOOPS:         %[[DUE:.*]] = arith.cmpi eq, %[[REST]]
// LOOPS:         scf.if %[[DUE]] {
// LOOPS:           call @phase_1(
// LOOPS:         }
// LOOPS:         call @bdc_sample(
step.program @seldom for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @N : !bd.q<"1"> { %0 = bd.const 5.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 10.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @N
  step.state @x : !step.array<!bd.q<"1">, @E> hidden
  step.state @sum : !step.array<!bd.q<"1", f64>, @E> short_term
  step.state @mean : !step.array<!bd.q<"1", f64>, @E> short_term
  step.state @y : !step.array<!bd.q<"1", f64>, @E> hidden
  step.loop [@x, @sum, @mean, @y] {
  ^bb0(%x: !step.array<!bd.q<"1">, @E>, %sum: !step.array<!bd.q<"1", f64>, @E>, %mean: !step.array<!bd.q<"1", f64>, @E>, %y: !step.array<!bd.q<"1", f64>, @E>):
    %x1 = step.map @E (%x : !step.array<!bd.q<"1">, @E>) {
    ^bb0(%e: !bd.q<"1">):
      %one = bd.const 1.0 : !bd.q<"1">
      %next = bd.add %e, %one : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %next : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @E>
    %sum1 = step.map @E (%sum, %x1 : !step.array<!bd.q<"1", f64>, @E>, !step.array<!bd.q<"1">, @E>) {
    ^bb0(%s: !bd.q<"1", f64>, %e: !bd.q<"1">):
      %more = bd.add %s, %e : (!bd.q<"1", f64>, !bd.q<"1">) -> !bd.q<"1", f64>
      bd.yield %more : !bd.q<"1", f64>
    } -> !step.array<!bd.q<"1", f64>, @E>
    %mean1, %sum2 = step.map @E every @n (%mean, %sum1 : !step.array<!bd.q<"1", f64>, @E>, !step.array<!bd.q<"1", f64>, @E>) {
    ^bb0(%m: !bd.q<"1", f64>, %s: !bd.q<"1", f64>):
      %n = step.read @n : !bd.q<"1">
      %0 = bd.div %s, %n : (!bd.q<"1", f64>, !bd.q<"1">) -> !bd.q<"1", f64>
      %1 = bd.const 0.0 : !bd.q<"1">
      bd.yield %0, %1 : !bd.q<"1", f64>, !bd.q<"1">
    } -> !step.array<!bd.q<"1", f64>, @E>, !step.array<!bd.q<"1", f64>, @E>
    %y1 = step.ode "midpoint" @E every @n [%y : !step.array<!bd.q<"1", f64>, @E>] (%mean1 : !step.array<!bd.q<"1", f64>, @E>) {
    ^bb0(%e: !bd.q<"1", f64>, %m: !bd.q<"1", f64>):
      %k = bd.const 2.0 : !bd.q<"/ms^2">
      %t = bd.time : !bd.q<"ms">
      %r = bd.mul %k, %t : (!bd.q<"/ms^2">, !bd.q<"ms">) -> !bd.q<"/ms">
      bd.yield %r : !bd.q<"/ms">
    } -> !step.array<!bd.q<"1", f64>, @E>
    step.next %x1, %sum2, %mean1, %y1 : !step.array<!bd.q<"1">, @E>, !step.array<!bd.q<"1", f64>, @E>, !step.array<!bd.q<"1", f64>, @E>, !step.array<!bd.q<"1", f64>, @E>
  }
}
