// RUN: bdc-opt %s --split-input-file --verify-diagnostics
// What the verifiers of step refuse.

step.program @p {
  // expected-error @+1 {{@n is not a scalar of the program}}
  step.space @E size @n
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  // expected-error @+1 {{@n is '!bd.q<"ms">', expected a quantity in "1"}}
  step.space @E size @n
}

// -----

step.program @p {
  // expected-error @+1 {{the value is '!bd.q<"mV">', expected '!bd.q<"ms">'}}
  step.scalar @n : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden init {
    // expected-error @+1 {{@n is '!bd.q<"1">' but is read as '!bd.q<"mV">'}}
    %0 = step.read @n : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  // expected-error @+1 {{the rule random has 0 arguments}}
  step.graph @g from @E to @E connect "random" ([]) key "g"
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  // expected-error @+1 {{@x is neither a state nor a queue of the program}}
  step.record "E.x" as "E.x" on @E from @x : !bd.q<"1">
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{has the derivative '!bd.q<"mV">'}}
    %y = step.ode "euler" @E [%x : !step.array<!bd.q<"mV">, @E>] {
    ^bb0(%e: !bd.q<"mV">):
      bd.yield %e : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    step.next %y : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.queue @q on @E
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{lists elements by a mask of i1}}
    step.emit %x to @q : !step.array<!bd.q<"mV">, @E>
    step.next %x : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{region yields '!bd.q<"pA">', expected '!bd.q<"mV">'}}
    %y = step.map @E (%x : !step.array<!bd.q<"mV">, @E>) {
    ^bb0(%e: !bd.q<"mV">):
      %0 = bd.const 1.0 : !bd.q<"pA">
      bd.yield %0 : !bd.q<"pA">
    } -> !step.array<!bd.q<"mV">, @E>
    step.next %y : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{waits for phase 2 of 1}}
    step.phase @E after [#step.wait<2 ago 1>] {
      bd.yield
    }
    step.next %x : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

// What happens in every n-th step says what its results are in the others, and how many steps.
step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{needs inputs that its results are in the steps in which it does not happen}}
    %y = step.map @E every @n {
      %0 = bd.const 1.0 : !bd.q<"mV">
      bd.yield %0 : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @E>
    step.next %y : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @tau : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{happens every @tau steps, which is not a number of the program}}
    %y = step.ode "euler" @E every @tau [%x : !step.array<!bd.q<"mV">, @E>] {
    ^bb0(%e: !bd.q<"mV">):
      %0 = bd.const 1.0 : !bd.q<"mV/ms">
      bd.yield %0 : !bd.q<"mV/ms">
    } -> !step.array<!bd.q<"mV">, @E>
    step.next %y : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.space apart @S size @n
  step.graph @g from @E to @S connect "all_to_all"([]) key "g"
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>):
    // expected-error @+1 {{needs what its result is in the steps in which it does not happen, of the same type}}
    %y = step.contract @g sources(%x : !step.array<!bd.q<"mV">, @E>) every @n else %x : !step.array<!bd.q<"mV">, @E> {
    ^bb0(%e: !bd.q<"mV">):
      bd.yield %e : !bd.q<"mV">
    } -> <!bd.q<"mV">, @S>
    step.next %x : !step.array<!bd.q<"mV">, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  // expected-error @+1 {{needs an objective}}
  step.fit [{name = "n", of = @n}] by "adam" {} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{@ring is neither a scalar nor a param nor a state with initial values}}
  step.fit [{name = "x", of = @ring}] by "adam" {} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{@t is '!bd.q<"ms">', expected a quantity in "1"}}
  step.fit [{name = "n", of = @n, low = @t}] by "adam" {} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{there is no transform called sqrt}}
  step.fit [{name = "n", of = @n, transform = "sqrt"}] by "adam" {} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{selects by first, last and stride}}
  step.fit [{name = "n", of = @n, select = [@n]}] by "adam" {} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{a prior has a function and arguments}}
  step.fit [{name = "n", of = @n, prior = {function = "normal"}}] by "adam" {} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{option "rate" is neither a scalar nor a word}}
  step.fit [{name = "n", of = @n}] by "adam" {rate = 1} {}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{there is no rule "step"}}
  step.fit [{name = "n", of = @n}] by "adam" {} {step = @n}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{starts are spread by sobol, random or bayes, not halton}}
  step.fit [{name = "n", of = @n}] by "adam" {} {spread = "halton"}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{there is no rule steps to stop by}}
  step.fit [{name = "n", of = @n}] by "adam" {} {stop = {steps = @n}}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @t : !bd.q<"ms"> { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
  step.space @E size @n
  step.state @ring : !step.array<!bd.q<"1">, @E> delay rows @n
  step.objective [] terms [] {
    %0 = bd.const 1.0 : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
  // expected-error @+1 {{@n is '!bd.q<"1">', expected a quantity in "mV"}}
  step.fit [{name = "n", of = @n}] by "adam" {} {stop = {loss = @n}}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @l : !bd.q<"um"> { %0 = bd.const 1.0 : !bd.q<"um">  bd.yield %0 : !bd.q<"um"> }
  step.space @E size @n
  step.space @C size @n
  step.data @SC facts [@n, @n, @n, @l, @l] entries @C from {file = "sc.csv", words = []}
  step.graph @g from @E to @E connect "connectome"([]) data @SC key "g"
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.state @p : !step.array<!bd.q<"mV", f64>, @E> adjoint
  step.loop [@x, @p] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %p: !step.array<!bd.q<"mV", f64>, @E>):
    // expected-error @+1 {{adds to numbers on the entries of the graph's table}}
    %q = step.contract transposed @g sources(%x : !step.array<!bd.q<"mV">, @E>) each %p : !step.array<!bd.q<"mV", f64>, @E> {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      bd.yield %s : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV", f64>, @E>
    step.next %x, %q : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV", f64>, @E>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @l : !bd.q<"um"> { %0 = bd.const 1.0 : !bd.q<"um">  bd.yield %0 : !bd.q<"um"> }
  step.space @E size @n
  step.space @C size @n
  step.data @SC facts [@n, @n, @n, @l, @l] entries @C from {file = "sc.csv", words = []}
  step.graph @g from @E to @E connect "connectome"([]) data @SC key "g"
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.state @p : !step.array<!bd.q<"mV">, @C> adjoint
  step.loop [@x, @p] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %p: !step.array<!bd.q<"mV">, @C>):
    // expected-error @+1 {{adds in double precision, in place}}
    %q = step.contract transposed @g sources(%x : !step.array<!bd.q<"mV">, @E>) each %p : !step.array<!bd.q<"mV">, @C> {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      bd.yield %s : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV">, @C>
    step.next %x, %q : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV">, @C>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @l : !bd.q<"um"> { %0 = bd.const 1.0 : !bd.q<"um">  bd.yield %0 : !bd.q<"um"> }
  step.space @E size @n
  step.space @C size @n
  step.data @SC facts [@n, @n, @n, @l, @l] entries @C from {file = "sc.csv", words = []}
  step.graph @g from @E to @E connect "connectome"([]) data @SC key "g"
  step.state @x : !step.array<!bd.q<"mV">, @E> hidden
  step.state @p : !step.array<!bd.q<"mV", f64>, @C> adjoint
  step.loop [@x, @p] {
  ^bb0(%x: !step.array<!bd.q<"mV">, @E>, %p: !step.array<!bd.q<"mV", f64>, @C>):
    // expected-error @+1 {{adds to each edge of a source in every step, from values of the present and of rings}}
    %q = step.contract @g sources(%x : !step.array<!bd.q<"mV">, @E>) each %p : !step.array<!bd.q<"mV", f64>, @C> {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"mV">):
      bd.yield %s : !bd.q<"mV">
    } -> !step.array<!bd.q<"mV", f64>, @C>
    step.next %x, %q : !step.array<!bd.q<"mV">, @E>, !step.array<!bd.q<"mV", f64>, @C>
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @l : !bd.q<"um"> { %0 = bd.const 1.0 : !bd.q<"um">  bd.yield %0 : !bd.q<"um"> }
  step.space @E size @n
  step.space @C size @n
  // expected-error @+1 {{@w is no param of pure numbers in double precision on the entries of the table}}
  step.data @SC facts [@n, @n, @n, @l, @l] entries @C weights @w from {file = "sc.csv", words = []}
  step.state @w : !step.array<!bd.q<"1">, @C> param
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.scalar @l : !bd.q<"um"> { %0 = bd.const 1.0 : !bd.q<"um">  bd.yield %0 : !bd.q<"um"> }
  step.space @E size @n
  step.space @C size @n
  step.state @w : !step.array<!bd.q<"1">, @C> param
  // expected-error @+1 {{names a graph and a factor for each part}}
  step.gradient of @w parts [@w] factors [unit] edges []
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"1">, @E> hidden
  step.record "x" as "x" on @E from @x : !bd.q<"1">
  // expected-error @+1 {{there is no observed record 0}}
  step.gradient of @n records [0]
}

// -----

step.program @p {
  // expected-error @+1 {{"foo" is not a unit}}
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> } attributes {shown = "foo"}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  // expected-error @+1 {{"foo" is not a unit}}
  step.state @x : !step.array<!bd.q<"1">, @E> hidden attributes {shown = "foo"}
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  // expected-error @+1 {{functional 0 is a dictionary of a function and its arguments}}
  step.objective [{arguments = [{record = 0 : i64}], text = "x"}] terms [0] {
  ^bb0(%a: !bd.q<"1">):
    bd.yield %a : !bd.q<"1">
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  // expected-error @+1 {{@window is not a scalar of the program}}
  step.objective [{function = "fcd", arguments = [{record = 0 : i64}], options = {window = @window}}] terms [0] {
  ^bb0(%a: !bd.q<"1">):
    bd.yield %a : !bd.q<"1">
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  // expected-error @+1 {{region yields a quantity}}
  step.objective [{function = "mean", arguments = [{record = 0 : i64}]}] terms [0] {
  ^bb0(%a: !bd.q<"1">):
  }
}

// -----

step.program @p {
  step.scalar @n : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  step.space @E size @n
  step.state @x : !step.array<!bd.q<"1">, @E> hidden
  step.loop [@x] {
  ^bb0(%x: !step.array<!bd.q<"1">, @E>):
    // expected-error @+1 {{@net is not a graph of the program}}
    %c = step.contract @net sources(%x : !step.array<!bd.q<"1">, @E>) {
    ^bb0(%w: !bd.q<"1">, %s: !bd.q<"1">):
      bd.yield %s : !bd.q<"1">
    } -> !step.array<!bd.q<"1">, @E>
    step.next %c : !step.array<!bd.q<"1">, @E>
  }
}
