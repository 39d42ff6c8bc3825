// A fit and what becomes of it in the descriptor: scalars by their numbers, so that what is set from outside holds for a fit too.
//
// RUN: bdc-opt %s | bdc-opt | FileCheck %s
// RUN: bdc-opt %s --step-schedule --step-allocate --step-to-loops | FileCheck %s --check-prefix=DESCRIPTOR

// CHECK:      step.objective maximise [{arguments = [{record = 0 : i64}], function = "mean"}] terms [0]
// CHECK:      step.fit [{high = @high, low = @low, name = "k", of = @k, prior = {arguments = [@low, @high], function = "normal"}, transform = "log"},
// CHECK-SAME:   {name = "x", of = @x, select = [@first, @last, @stride]}]
// CHECK-SAME:   by "adam" {rate = @low, schedule = "cosine"}
// CHECK-SAME:   {spread = "random", starts = @n, steps = @n, stop = {loss = @high, time = @duration}, uncertainty}

// DESCRIPTOR:      \22fit\22:{\22method\22:\22adam\22,\22options\22:{\22rate\22:{\22scalar\22:4},\22schedule\22:\22cosine\22},\22parameters\22:[{
// DESCRIPTOR-SAME:   \22high\22:5,\22low\22:4,\22name\22:\22k\22,\22prior\22:{\22arguments\22:[4,5],\22function\22:\22normal\22},\22scalar\22:3,\22transform\22:\22log\22},
// DESCRIPTOR-SAME:   {\22array\22:0,\22name\22:\22x\22,\22select\22:{\22first\22:6,\22last\22:7,\22stride\22:8}}],
// DESCRIPTOR-SAME:   \22spread\22:\22random\22,\22starts\22:2,\22steps\22:2,\22stop\22:{\22loss\22:5,\22time\22:1},\22uncertainty\22:true}
// DESCRIPTOR-SAME: \22maximise\22:true
step.program @p for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @n : !bd.q<"1"> { %0 = bd.const 4.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @k : !bd.q<"1"> { %0 = bd.const 0.9 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @low : !bd.q<"1"> { %0 = bd.const 0.1 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @high : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @first : !bd.q<"1"> { %0 = bd.const 0.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @last : !bd.q<"1"> { %0 = bd.const 2.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @stride : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"1">, @E> hidden init { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"1">, @E>):
    %y = step.map @E (%x : !step.array<!bd.q<"1">, @E>) {
    ^bb0(%a: !bd.q<"1">):
      %k = step.read @k : !bd.q<"1">
      %0 = bd.mul %k, %a : (!bd.q<"1">, !bd.q<"1">) -> !bd.q<"1">
      bd.yield %0 : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @E>
    step.next %y : !step.array<!bd.q<"1">, @E>
  }
  step.record observed "x" as "x" on @E from @x : !bd.q<"1">
  step.objective maximise [{function = "mean", arguments = [{record = 0}]}] terms [0] {
  ^bb0(%m: !bd.q<"1">):
    %0 = bd.neg %m : (!bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
  step.fit [{name = "k", of = @k, low = @low, high = @high, transform = "log", prior = {function = "normal", arguments = [@low, @high]}},
            {name = "x", of = @x, select = [@first, @last, @stride]}]
    by "adam" {rate = @low, schedule = "cosine"} {steps = @n, starts = @n, spread = "random", stop = {loss = @high, time = @duration}, uncertainty}
}
