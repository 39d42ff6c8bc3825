// Values of elements from outside: of a param, and of what a state begins with. What is made from them sees them (x from a, its past from x), and
// derivatives stop there: those by `a` and `x` are right, and `base`, which the params are drawn from, counts no more.
//
// RUN: run-step %s --steps 0 --print a --print x | FileCheck %s --check-prefix=MADE
// RUN: run-step %s --steps 0 --print a --print x --give a=1,2,4 | FileCheck %s --check-prefix=A
// RUN: run-step %s --steps 0 --print a --print x --give x=7,8,9 --threads 2 | FileCheck %s --check-prefix=X
// RUN: run-step %s --steps 0 --print a --print x --give a=1,2,4 --precision f32 --width 1 | FileCheck %s --check-prefix=A
// RUN: run-step %s --gradient --difference base=1e-6 --difference k=1e-6 --difference 'a[1]=1e-6' --difference 'x[2]=1e-6' > %t.free
// RUN: %python %S/Inputs/compare_gradient.py 1e-7 < %t.free
// RUN: run-step %s --give a=0.1,0.2,0.4 --gradient --difference k=1e-6 --difference 'a[0]=1e-6' --difference 'x[2]=1e-6' > %t.given
// RUN: %python %S/Inputs/compare_gradient.py 1e-7 < %t.given
// RUN: FileCheck %s --check-prefix=STOPS < %t.given
// RUN: not run-step %s --give a=1,2 2>&1 | FileCheck %s --check-prefix=COUNT
// RUN: not run-step %s --give past=1,2,3 2>&1 | FileCheck %s --check-prefix=RING
// RUN: not run-step %s --give base=1 2>&1 | FileCheck %s --check-prefix=SCALAR
//
// MADE:   a: 0.125 0.375 0.625
// MADE:   x: 0.25 0.75 1.25
// A:      a: 1 2 4
// A:      x: 2 4 8
// X:      a: 0.125 0.375 0.625
// X:      x: 7 8 9
// STOPS:  gradient base: 0{{$}}
// COUNT:  2 values were given for `a`, which has 3 elements
// RING:   the values of `past` cannot be given
// SCALAR: `base` is one number for all elements
step.program @given of "Given" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.125 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 4.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 3.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @base : !bd.q<"/ms"> { %0 = bd.const 0.125 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  step.scalar settable @k : !bd.q<"ms"> { %0 = bd.const 2.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @delay : !bd.q<"1"> { %0 = bd.const 9.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @rows : !bd.q<"1"> { %0 = bd.const 11.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @node size @N
  step.graph @net from @node to @node connect "all_to_all" ([]) key "net" no_self delay @delay
  // base * (1 + 2 * index)
  step.state @a : !step.array<!bd.q<"/ms">, @node> param init {
    %b = step.read @base : !bd.q<"/ms">
    %i = bd.index : !bd.q<"1">
    %two = bd.const 2.0 : !bd.q<"1">
    %one = bd.const 1.0 : !bd.q<"1">
    %0 = bd.mul %i, %two : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %1 = bd.add %0, %one : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
    %2 = bd.mul %1, %b : (!bd.q<"1">, !bd.q<"/ms">) -> !bd.q<"/ms">
    bd.yield %2 : !bd.q<"/ms">
  }
  step.state @x : !step.array<!bd.q<"1">, @node> hidden init {
    %a = step.element @a : !bd.q<"/ms">
    %k = step.read @k : !bd.q<"ms">
    %0 = bd.mul %k, %a : (!bd.q<"ms">, !bd.q<"/ms">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.state @past : !step.array<!bd.q<"1">, @node> delay rows @rows by_element init {
    %0 = step.element @x : !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.loop [@x, @past, @a] {
  ^bb0(%x: !step.array<!bd.q<"1">, @node>, %past: !step.array<!bd.q<"1">, @node>, %a: !step.array<!bd.q<"/ms">, @node>):
    %felt = step.contract @net sources (%past : !step.array<!bd.q<"1">, @node>) {
    ^bb0(%weight: !bd.q<"1">, %other: !bd.q<"1">):
      %0 = bd.mul %weight, %other : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @node>
    %x1 = step.ode "heun" @node [%x : !step.array<!bd.q<"1">, @node>]
        (%felt, %a : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"/ms">, @node>) {
    ^bb0(%xe: !bd.q<"1">, %fe: !bd.q<"1">, %ae: !bd.q<"/ms">):
      %0 = bd.mul %xe, %xe : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %1 = bd.sub %fe, %0 : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      %2 = bd.mul %1, %ae : (!bd.q<"1">, !bd.q<"/ms">) -> !bd.q<"/ms">
      bd.yield %2 : !bd.q<"/ms">
    } -> !step.array<!bd.q<"1">, @node>
    %past1 = step.push %x1 into %past : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node> -> !step.array<!bd.q<"1">, @node>
    step.next %x1, %past1, %a : !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"1">, @node>, !step.array<!bd.q<"/ms">, @node>
  }
  step.record observed "x" as "x" on @node from @x : !bd.q<"1">
  step.objective [{function = "variance", arguments = [{record = 0}]}] terms [0] {
  ^bb0(%m: !bd.q<"1">):
    bd.yield %m : !bd.q<"1">
  }
  step.gradient of @base
  step.gradient of @k
  step.gradient of @a
  step.gradient of @x
}
