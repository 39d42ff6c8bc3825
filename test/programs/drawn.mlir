// Weights and delays drawn per edge: one source fires once, at the end of step 10; every target hears it once, after its own delay.
//
// RUN: run-step %s --print T.sum --print T.count --print T.when > %t.out
// RUN: %python %S/Inputs/drawn.py < %t.out
// RUN: run-step %s --width 1 --threads 2 --print T.sum --print T.count --print T.when > %t.2
// RUN: cmp %t.out %t.2
// RUN: run-step %s --width 4 --cut 17 --print T.sum --print T.count --print T.when > %t.3
// RUN: cmp %t.out %t.3
step.program @drawn of "Drawn" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar @one : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @targets : !bd.q<"1"> { %0 = bd.const 1000.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @longest : !bd.q<"1"> { %0 = bd.const 50.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @rows : !bd.q<"1"> { %0 = bd.const 51.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @S size @one
  step.space @T size @targets
  step.queue @fires on @S
  step.graph @net from @S to @T connect "all_to_all" ([]) key "net" weights !bd.q<"mV"> {
    %m = bd.const 5.0 : !bd.q<"mV">
    %s = bd.const 0.5 : !bd.q<"mV">
    %0 = bd.random normal(%m, %s) purpose "net.weight" draw 0 : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  } max_delay @longest delays {
    %a = bd.const 0.0 : !bd.q<"ms">
    %b = bd.const 5.0 : !bd.q<"ms">
    %0 = bd.random uniform(%a, %b) purpose "net.delay" draw 0 : (!bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
    bd.yield %0 : !bd.q<"ms">
  }
  step.state @T.coming : !step.array<!bd.q<"mV">, @T> delay rows @rows
  step.state @T.sum : !step.array<!bd.q<"mV">, @T> hidden
  step.state @T.count : !step.array<i32, @T> short_term
  step.state @T.when : !step.array<!bd.q<"ms">, @T> short_term
  step.state @S.left : !step.array<i32, @S> short_term init {
    %0 = arith.constant 10 : i32
    bd.yield %0 : i32
  }

  step.loop [@T.coming, @T.sum, @T.count, @T.when, @S.left] {
  ^bb0(%ring: !step.array<!bd.q<"mV">, @T>, %sum: !step.array<!bd.q<"mV">, @T>, %count: !step.array<i32, @T>, %when: !step.array<!bd.q<"ms">, @T>, %left: !step.array<i32, @S>):
    %ring1 = step.deliver slots @fires through @net (%ring : !step.array<!bd.q<"mV">, @T>) {
    ^bb0(%a: !bd.q<"mV">, %w: !bd.q<"mV">):
      %0 = bd.add %a, %w : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @T>
    %due, %ring2 = step.take %ring1 : !step.array<!bd.q<"mV">, @T> -> !step.array<!bd.q<"mV">, @T>, !step.array<!bd.q<"mV">, @T>
    %sum1, %count1, %when1 = step.map @T (%due, %sum, %count, %when : !step.array<!bd.q<"mV">, @T>, !step.array<!bd.q<"mV">, @T>, !step.array<i32, @T>, !step.array<!bd.q<"ms">, @T>) {
    ^bb0(%d: !bd.q<"mV">, %s: !bd.q<"mV">, %c: i32, %w: !bd.q<"ms">):
      %zero = bd.const 0.0 : !bd.q<"mV">
      %now = bd.cmp ne %d, %zero : !bd.q<"mV">, !bd.q<"mV">
      %s1 = bd.add %s, %d : (!bd.q<"mV">, !bd.q<"mV">) -> !bd.q<"mV">
      %one = arith.constant 1 : i32
      %more = arith.addi %c, %one : i32
      %c1 = arith.select %now, %more, %c : i32
      %t = bd.time : !bd.q<"ms">
      %w1 = bd.select %now, %t, %w : (i1, !bd.q<"ms">, !bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %s1, %c1, %w1 : !bd.q<"mV">, i32, !bd.q<"ms">
    } -> !step.array<!bd.q<"mV">, @T>, !step.array<i32, @T>, !step.array<!bd.q<"ms">, @T>
    %left1, %fire = step.map @S (%left : !step.array<i32, @S>) {
    ^bb0(%l: i32):
      %one = arith.constant 1 : i32
      %f = arith.cmpi eq, %l, %one : i32
      %l1 = arith.subi %l, %one : i32
      bd.yield %l1, %f : i32, i1
    } -> !step.array<i32, @S>, !step.array<i1, @S>
    step.emit %fire to @fires : !step.array<i1, @S>
    step.next %ring2, %sum1, %count1, %when1, %left1 : !step.array<!bd.q<"mV">, @T>, !step.array<!bd.q<"mV">, @T>, !step.array<i32, @T>, !step.array<!bd.q<"ms">, @T>, !step.array<i32, @S>
  }
}
