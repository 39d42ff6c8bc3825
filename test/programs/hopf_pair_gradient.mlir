// The delayed, noisy Hopf pair with the gradient that step-differentiate makes of it: equal to central differences, and to the bit whatever the
// checkpoints, threads and vectors. Its noise is drawn again from its counters on the way back.
//
// RUN: run-step %s --gradient --difference G=1e-5 --difference a=1e-5 | %python %S/Inputs/compare_gradient.py 1e-7
// RUN: run-step %s --gradient > %t.all
// RUN: run-step %s --gradient --checkpoints 3 > %t.three
// RUN: run-step %s --gradient --checkpoints 1 --threads 2 --width 1 > %t.one
// RUN: cmp %t.all %t.three
// RUN: cmp %t.all %t.one
step.program @pair of "Pair" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 100.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 2.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @a : !bd.q<"/ms"> { %0 = bd.const 0.1 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  step.scalar settable @w : !bd.q<"/ms"> { %0 = bd.const 0.25 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  step.scalar settable @G : !bd.q<"/ms"> { %0 = bd.const 0.02 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  step.scalar settable @sigma : !bd.q<"/ms^(1/2)"> { %0 = bd.const 0.01 : !bd.q<"/ms^(1/2)">  bd.yield %0 : !bd.q<"/ms^(1/2)"> }
  step.scalar settable @delay : !bd.q<"1"> { %0 = bd.const 40.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @rows : !bd.q<"1"> {
    %d = step.read @delay : !bd.q<"1">
    %two = bd.const 2.0 : !bd.q<"1">
    %0 = bd.add %d, %two : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.scalar settable @every : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }

  step.space @node size @N
  step.graph @net from @node to @node connect "all_to_all" ([]) key "net" no_self delay @delay
  step.state @"a.x" : !step.array<!bd.q<"1">, @node> hidden init {
    %i = bd.index : !bd.q<"1">
    %s = bd.const 0.2 : !bd.q<"1">
    %b = bd.const 0.1 : !bd.q<"1">
    %0 = bd.mul %i, %s : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %1 = bd.add %0, %b : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %1 : !bd.q<"1">
  }
  step.state @"a.y" : !step.array<!bd.q<"1">, @node> hidden
  step.state @"a.x.past" : !step.array<!bd.q<"1">, @node> delay rows @rows by_element init {
    %0 = step.element @"a.x" : !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }

  step.loop [@"a.x", @"a.y", @"a.x.past"] {
  ^bb0(%x: !step.array<!bd.q<"1">, @node>, %y: !step.array<!bd.q<"1">, @node>, %past: !step.array<!bd.q<"1">, @node>):
    %c = step.contract @net sources (%past : !step.array<!bd.q<"1">, @node>) targets (%x : !step.array<!bd.q<"1">, @node>) {
    ^bb0(%weight: !bd.q<"1">, %other: !bd.q<"1">, %own: !bd.q<"1">):
      %d = bd.sub %other, %own : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %0 = bd.mul %weight, %d : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @node>
    // sigma * white noise, held over the step: sigma / sqrt(dt) * normal.
    %noise = step.map @node {
      %zero = bd.const 0.0 : !bd.q<"/ms">
      %s = step.read @sigma : !bd.q<"/ms^(1/2)">
      %dt = bd.dt : !bd.q<"ms">
      %root = bd.power %dt to 1 over 2 : (!bd.q<"ms">) -> !bd.q<"ms^(1/2)">
      %sd = bd.div %s, %root : (!bd.q<"/ms^(1/2)">, !bd.q<"ms^(1/2)">) -> !bd.q<"/ms">
      %0 = bd.random normal(%zero, %sd) purpose "a.noise" draw 0 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      bd.yield %0 : !bd.q<"/ms">
    } -> !step.array<!bd.q<"/ms">, @node>
    %x1, %y1 = step.ode "heun" @node [%x, %y : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>]
        (%c, %noise : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"/ms">, @node>) {
    ^bb0(%xe: !bd.q<"1">, %ye: !bd.q<"1">, %ce: !bd.q<"1">, %ne: !bd.q<"/ms">):
      %a = step.read @a : !bd.q<"/ms">
      %w = step.read @w : !bd.q<"/ms">
      %G = step.read @G : !bd.q<"/ms">
      %per = bd.const 1.0 : !bd.q<"/ms">
      %xx = bd.mul %xe, %xe : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %yy = bd.mul %ye, %ye : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %rr = bd.add %xx, %yy : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %rate = bd.mul %rr, %per : (!bd.q<"1">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %r = bd.sub %a, %rate : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %rx = bd.mul %r, %xe : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %wy = bd.mul %w, %ye : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %f0 = bd.sub %rx, %wy : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %I = bd.mul %G, %ce : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %f1 = bd.add %f0, %I : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %f = bd.add %f1, %ne : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %ry = bd.mul %r, %ye : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %wx = bd.mul %w, %xe : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %g = bd.add %ry, %wx : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      bd.yield %f, %g : !bd.q<"/ms">, !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>
    %past1 = step.push %x1 into %past : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node> -> !step.array<!bd.q<"1">, @node>
    step.next %x1, %y1, %past1 : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>
  }

  step.record observed "a.x" as "a.x" on @node from @"a.x" : !bd.q<"1"> every @every
  step.objective [{function = "mean", arguments = [{record = 0}]}] terms [0] {
  ^bb0(%m: !bd.q<"1">):
    bd.yield %m : !bd.q<"1">
  }
  step.gradient of @G
  step.gradient of @a
}
