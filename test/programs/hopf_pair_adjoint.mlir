// The delayed, noisy Hopf pair with its adjoint, written by hand: what the reverse mode will produce. The forward loop (Euler) keeps every
// step's states; the reverse loop turns its operations around: the gather through the delay becomes a gather on the transposed graph from
// a ring of adjoints, random values become nothing. The objective is the sum of x^2 at the end; @gradient holds its derivative with
// respect to the coupling G, one part per node, to be compared with finite differences.
//
// RUN: %python %S/Inputs/gradient.py run-step %s
step.program @pair_adjoint of "Pair" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 30.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
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
  step.scalar @steps : !bd.q<"1"> {
    %t = step.read @duration : !bd.q<"ms">
    %dt = step.read @dt : !bd.q<"ms">
    %n = bd.div %t, %dt : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"1">
    %0 = bd.fn round(%n) : (!bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.scalar @one : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }

  step.space @node size @N
  step.space @single size @one
  step.graph @net from @node to @node connect "all_to_all" ([]) key "net" no_self delay @delay
  step.state @x : !step.array<!bd.q<"1">, @node> hidden init {
    %i = bd.index : !bd.q<"1">
    %s = bd.const 0.2 : !bd.q<"1">
    %b = bd.const 0.1 : !bd.q<"1">
    %0 = bd.mul %i, %s : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %1 = bd.add %0, %b : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    bd.yield %1 : !bd.q<"1">
  }
  step.state @y : !step.array<!bd.q<"1">, @node> hidden
  step.state @past : !step.array<!bd.q<"1">, @node> delay rows @rows init {
    %0 = step.element @x : !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.state @x.kept : !step.array<!bd.q<"1">, @node> work rows @steps
  step.state @y.kept : !step.array<!bd.q<"1">, @node> work rows @steps
  step.state @c.kept : !step.array<!bd.q<"1">, @node> work rows @steps
  step.state @lx : !step.array<!bd.q<"1">, @node> hidden
  step.state @ly : !step.array<!bd.q<"1">, @node> hidden
  step.state @coming : !step.array<!bd.q<"1">, @node> delay rows @rows
  step.state @gradient : !step.array<!bd.q<"ms">, @node> hidden
  step.state @objective : !step.array<!bd.q<"1">, @single> hidden

  step.loop [@x, @y, @past, @lx, @objective] {
  ^bb0(%x: !step.array<!bd.q<"1">, @node>, %y: !step.array<!bd.q<"1">, @node>, %past: !step.array<!bd.q<"1">, @node>,
       %lx: !step.array<!bd.q<"1">, @node>, %o: !step.array<!bd.q<"1">, @single>):
    %c = step.contract @net sources (%past : !step.array<!bd.q<"1">, @node>) {
    ^bb0(%weight: !bd.q<"1">, %other: !bd.q<"1">):
      %0 = bd.mul %weight, %other : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @node>
    step.save %x in @x.kept : !step.array<!bd.q<"1">, @node>
    step.save %y in @y.kept : !step.array<!bd.q<"1">, @node>
    step.save %c in @c.kept : !step.array<!bd.q<"1">, @node>
    %x1, %y1, %lx1, %sq = step.map @node (%x, %y, %c : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>) {
    ^bb0(%xe: !bd.q<"1">, %ye: !bd.q<"1">, %ce: !bd.q<"1">):
      %dt = bd.dt : !bd.q<"ms">
      %a = step.read @a : !bd.q<"/ms">
      %w = step.read @w : !bd.q<"/ms">
      %G = step.read @G : !bd.q<"/ms">
      %per = bd.const 1.0 : !bd.q<"/ms">
      %none = bd.const 0.0 : !bd.q<"/ms">
      %s = step.read @sigma : !bd.q<"/ms^(1/2)">
      %root = bd.power %dt to 1 over 2 : (!bd.q<"ms">) -> !bd.q<"ms^(1/2)">
      %sd = bd.div %s, %root : (!bd.q<"/ms^(1/2)">, !bd.q<"ms^(1/2)">) -> !bd.q<"/ms">
      %ne = bd.random normal(%none, %sd) purpose "noise" draw 0 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
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
      %dx = bd.mul %dt, %f : (!bd.q<"ms">, !bd.q<"/ms">) -> !bd.q<"1">
      %dy = bd.mul %dt, %g : (!bd.q<"ms">, !bd.q<"/ms">) -> !bd.q<"1">
      %xn = bd.add %xe, %dx : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %yn = bd.add %ye, %dy : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %two = bd.const 2.0 : !bd.q<"1">
      %seed = bd.mul %two, %xn : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %square = bd.mul %xn, %xn : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %xn, %yn, %seed, %square : !bd.q<"1">, !bd.q<"1">, !bd.q<"1">, !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>
    %past1 = step.push %x1 into %past : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node> -> !step.array<!bd.q<"1">, @node>
    %o1 = step.reduce %sq : !step.array<!bd.q<"1">, @node> -> !step.array<!bd.q<"1">, @single>
    step.next %x1, %y1, %past1, %lx1, %o1 : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @single>
  }

  step.loop reverse as "adjoint" [@lx, @ly, @coming, @gradient] {
  ^bb0(%lx: !step.array<!bd.q<"1">, @node>, %ly: !step.array<!bd.q<"1">, @node>, %ring: !step.array<!bd.q<"1">, @node>, %grad: !step.array<!bd.q<"ms">, @node>):
    %from = step.contract transposed @net sources (%ring : !step.array<!bd.q<"1">, @node>) {
    ^bb0(%weight: !bd.q<"1">, %cbar: !bd.q<"1">):
      %0 = bd.mul %weight, %cbar : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @node>
    %x = step.restore @x.kept : !step.array<!bd.q<"1">, @node>
    %y = step.restore @y.kept : !step.array<!bd.q<"1">, @node>
    %c = step.restore @c.kept : !step.array<!bd.q<"1">, @node>
    %lx1, %ly1, %cb, %grad1 = step.map @node (%lx, %ly, %from, %x, %y, %c, %grad : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"ms">, @node>) {
    ^bb0(%l0: !bd.q<"1">, %m: !bd.q<"1">, %in: !bd.q<"1">, %xe: !bd.q<"1">, %ye: !bd.q<"1">, %ce: !bd.q<"1">, %ge: !bd.q<"ms">):
      %l = bd.add %l0, %in : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %dt = bd.dt : !bd.q<"ms">
      %a = step.read @a : !bd.q<"/ms">
      %w = step.read @w : !bd.q<"/ms">
      %G = step.read @G : !bd.q<"/ms">
      %per = bd.const 1.0 : !bd.q<"/ms">
      %two = bd.const 2.0 : !bd.q<"/ms">
      %xx = bd.mul %xe, %xe : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %yy = bd.mul %ye, %ye : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %xy = bd.mul %xe, %ye : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %rr = bd.add %xx, %yy : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %rate = bd.mul %rr, %per : (!bd.q<"1">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %r = bd.sub %a, %rate : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %xx2 = bd.mul %two, %xx : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %yy2 = bd.mul %two, %yy : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %xy2 = bd.mul %two, %xy : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %fx = bd.sub %r, %xx2 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %gx = bd.sub %w, %xy2 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %fy0 = bd.add %w, %xy2 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %fy = bd.neg %fy0 : (!bd.q<"/ms">) -> !bd.q<"/ms">
      %gy = bd.sub %r, %yy2 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %p0 = bd.mul %fx, %l : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %p1 = bd.mul %gx, %m : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %p2 = bd.add %p0, %p1 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %p = bd.mul %dt, %p2 : (!bd.q<"ms">, !bd.q<"/ms">) -> !bd.q<"1">
      %ln = bd.add %l, %p : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %q0 = bd.mul %fy, %l : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %q1 = bd.mul %gy, %m : (!bd.q<"/ms">, !bd.q<"1">) -> !bd.q<"/ms">
      %q2 = bd.add %q0, %q1 : (!bd.q<"/ms">, !bd.q<"/ms">) -> !bd.q<"/ms">
      %q = bd.mul %dt, %q2 : (!bd.q<"ms">, !bd.q<"/ms">) -> !bd.q<"1">
      %mn = bd.add %m, %q : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %ldt = bd.mul %dt, %l : (!bd.q<"ms">, !bd.q<"1">) -> !bd.q<"ms">
      %cbar = bd.mul %G, %ldt : (!bd.q<"/ms">, !bd.q<"ms">) -> !bd.q<"1">
      %dg = bd.mul %ldt, %ce : (!bd.q<"ms">, !bd.q<"1">) -> !bd.q<"ms">
      %gn = bd.add %ge, %dg : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %ln, %mn, %cbar, %gn : !bd.q<"1">, !bd.q<"1">, !bd.q<"1">, !bd.q<"ms">
    } -> !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"ms">, @node>
    %ring1 = step.push %cb into %ring : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node> -> !step.array<!bd.q<"1">, @node>
    step.next %lx1, %ly1, %ring1, %grad1 : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"ms">, @node>
  }
}
