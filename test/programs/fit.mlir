// Three decaying elements are fitted to samples of what they are: the rates, one per element, and where they begin, by gradient and
// without. Threads, checkpoints and interruptions change no bit.
//
// RUN: mkdir -p %t.dir
// RUN: %python %S/Inputs/decay_target.py %t.dir/target.csv
// RUN: run-step %s --folder %t.dir --fit --output %t.dir/one.h5 --report %t.dir/one.html > %t.one
// RUN: %python %S/Inputs/fitted.py %t.one rate=0.05,0.1,0.3 start=1.25 tolerance=1e-3
// RUN: FileCheck %s --check-prefix=FIT < %t.one
// RUN: %python %S/Inputs/fit_file.py %t.dir/one.h5 | FileCheck %s --check-prefix=FILE
// RUN: FileCheck %s --check-prefix=REPORT < %t.dir/one.html
//
// RUN: run-step %s --folder %t.dir --fit --threads 3 --width 1 > %t.threads
// RUN: run-step %s --folder %t.dir --fit --checkpoints 2 > %t.checkpoints
// RUN: grep = %t.one > %t.values
// RUN: grep = %t.threads | cmp - %t.values
// RUN: grep = %t.checkpoints | cmp - %t.values
//
// RUN: run-step %s --folder %t.dir --fit --set enough=0.05 --output %t.dir/part.h5 | FileCheck %s --check-prefix=ENOUGH
// RUN: run-step %s --folder %t.dir --fit --continue %t.dir/part.h5 --output %t.dir/part.h5 > %t.part
// RUN: grep = %t.part | cmp - %t.values
// RUN: %python %S/Inputs/fit_file.py %t.dir/part.h5 | FileCheck %s --check-prefix=FILE
// RUN: not run-step %s --folder %t.dir --fit --seed 2 --continue %t.dir/part.h5 2>&1 | FileCheck %s --check-prefix=SEED
//
// RUN: run-step %s --folder %t.dir --check | FileCheck %s --check-prefix=CHECK
//
// FIT:       fitted by adam(rate = 0.1{{.*}}: loss 0.{{[0-9.]+}} -> {{[0-9.e-]+}} mV in 150 steps, 150 evaluations; all 150 steps are done
// FIT-NEXT:    gradients in reverse mode: all 80 steps are taped, in {{.*}} KiB; none is run again
// FIT:         rate   3 elements: mean 0.15, from 0.05 to 0.3 /ms
// FIT:         start  1.24997{{.*}} mV
// FILE:      150 steps, ended by steps, complete
// FILE:      rate (150, 3) /ms
// FILE:      start (150, 1) mV
// FILE:      20 samples of x, the last 0.46
// REPORT:    <h2>loss</h2>
// REPORT:    <h2>rmse(x, target)</h2>
// ENOUGH:    in {{[0-9]?[0-9]}} steps{{.*}} 0.05
// SEED:      another seed: 1 instead of 2
// CHECK:     start: {{.*}} agrees
// CHECK:     rate[0]: {{.*}} mV per /ms {{.*}} agrees
// CHECK:     rate[1]: {{.*}} agrees
// CHECK:     rate[2]: {{.*}} agrees
// CHECK:     rate, all elements: {{.*}} agrees
step.program @decay of "Decay" for @duration {
  step.scalar settable @dt : !bd.q<"ms"> { %0 = bd.const 0.25 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @duration : !bd.q<"ms"> { %0 = bd.const 20.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @N : !bd.q<"1"> { %0 = bd.const 3.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @every : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.scalar settable @start : !bd.q<"mV"> { %0 = bd.const 0.75 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.scalar settable @low : !bd.q<"/ms"> { %0 = bd.const 0.01 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  step.scalar settable @high : !bd.q<"/ms"> { %0 = bd.const 2.0 : !bd.q<"/ms">  bd.yield %0 : !bd.q<"/ms"> }
  step.scalar settable @steps : !bd.q<"1"> { %0 = bd.const 150.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @learning : !bd.q<"1"> { %0 = bd.const 0.1 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar settable @enough : !bd.q<"mV"> { %0 = bd.const 0.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
  step.space @node size @N
  step.state @rate : !step.array<!bd.q<"/ms">, @node> param init {
    %0 = bd.const 0.2 : !bd.q<"/ms">
    bd.yield %0 : !bd.q<"/ms">
  }
  step.state @x : !step.array<!bd.q<"mV">, @node> hidden init {
    %0 = step.read @start : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  step.loop [@x, @rate] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @node>, %rate: !step.array<!bd.q<"/ms">, @node>):
    %x1 = step.ode "euler" @node [%x : !step.array<!bd.q<"mV">, @node>] (%rate : !step.array<!bd.q<"/ms">, @node>) {
    ^bb0(%xe: !bd.q<"mV">, %re: !bd.q<"/ms">):
      %0 = bd.mul %xe, %re : (!bd.q<"mV">, !bd.q<"/ms">) -> !bd.q<"mV/ms">
      %1 = bd.neg %0 : (!bd.q<"mV/ms">) -> !bd.q<"mV/ms">
      bd.yield %1 : !bd.q<"mV/ms">
    } -> !step.array<!bd.q<"mV">, @node>
    step.next %x1, %rate : !step.array<!bd.q<"mV">, @node>, !step.array<!bd.q<"/ms">, @node>
  }
  step.record "x" as "x" on @node from @x : !bd.q<"mV"> every @every
  step.record unsaved observed "x" as "x" on @node from @x : !bd.q<"mV"> every @every
  step.objective [{text = "rmse(x, target)", function = "rmse", arguments = [{record = 1}, {file = "target.csv", unit = "mV"}]}] terms [0] {
  ^bb0(%m: !bd.q<"mV">):
    bd.yield %m : !bd.q<"mV">
  }
  step.gradient of @start
  step.gradient of @rate
  step.fit [{name = "rate", of = @rate, low = @low, high = @high, transform = "log"}, {name = "start", of = @start}]
    by "adam" {rate = @learning, schedule = "cosine"} {steps = @steps, stop = {loss = @enough}, uncertainty = true}
}
