// RUN: bdc-opt %s --split-input-file --verify-diagnostics
// What the verifiers of bd refuse.

bd.model @M neuron {
  bd.let @x : !bd.q<"mV"> {
    %a = bd.const 1.0 : !bd.q<"mV">
    %b = bd.const 1.0 : !bd.q<"pA">
    // expected-error @+1 {{units do not agree: "mV" and "pA"}}
    %0 = bd.add %a, %b : (!bd.q<"mV">, !bd.q<"pA">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
}

// -----

bd.model @M neuron {
  bd.let @x : !bd.q<"mV"> {
    %a = bd.const 1.0 : !bd.q<"nS">
    %b = bd.const 1.0 : !bd.q<"mV">
    // expected-error @+1 {{result has unit "mV", expected one like "pA"}}
    %0 = bd.mul %a, %b : (!bd.q<"nS">, !bd.q<"mV">) -> !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
}

// -----

bd.model @M neuron {
  bd.let @x : !bd.q<"1"> {
    %a = bd.const 1.0 : !bd.q<"mV">
    // expected-error @+1 {{exp takes pure numbers, not "mV"}}
    %0 = bd.fn exp(%a) : (!bd.q<"mV">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
}

// -----

bd.model @M neuron {
  bd.let @x : !bd.q<"1"> {
    %a = bd.const 1.0 : !bd.q<"1">
    // expected-error @+1 {{max takes 2 operand(s), not 1}}
    %0 = bd.fn max(%a) : (!bd.q<"1">) -> !bd.q<"1">
    bd.yield %0 : !bd.q<"1">
  }
}

// -----

// expected-error @+1 {{unit "mVolt"}}
%a = bd.const 1.0 : !bd.q<"mVolt">

// -----

bd.model @M neuron {
  // expected-error @+1 {{the value is '!bd.q<"pA">', expected a quantity in "mV"}}
  bd.param @x : !bd.q<"mV"> { %a = bd.const 1.0 : !bd.q<"pA">  bd.yield %a : !bd.q<"pA"> }
}

// -----

bd.model @M neuron {
  // expected-error @+1 {{is of type !bd.state}}
  bd.state @x : !bd.q<"mV">
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"mV">, hidden>
  // expected-error @+1 {{the derivative is '!bd.q<"mV">', expected a quantity in "mV/ms"}}
  bd.ode @x { %a = bd.const 1.0 : !bd.q<"mV">  bd.yield %a : !bd.q<"mV"> }
}

// -----

bd.model @M neuron {
  // expected-error @+1 {{@x is not a state of this model}}
  bd.ode @x { %a = bd.const 1.0 : !bd.q<"mV/ms">  bd.yield %a : !bd.q<"mV/ms"> }
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"mV">, hidden>
  bd.let @y : !bd.q<"pA"> {
    // expected-error @+1 {{@x is '!bd.state<!bd.q<"mV">, hidden>' but is read as '!bd.q<"pA">'}}
    %a = bd.get @x : !bd.q<"pA">
    bd.yield %a : !bd.q<"pA">
  }
}

// -----

bd.model @M neuron {
  bd.let @y : !bd.q<"pA"> {
    // expected-error @+1 {{@x is not declared in this model}}
    %a = bd.get @x : !bd.q<"pA">
    bd.yield %a : !bd.q<"pA">
  }
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"mV">, hidden>
  bd.on do {
    %a = bd.const 1.0 : !bd.q<"pA">
    // expected-error @+1 {{@x is in "mV", the value in "pA"}}
    bd.set @x, %a : !bd.q<"pA">
    bd.yield
  }
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"mV">, hidden>
  bd.on do {
    %a = bd.const 1.0 : !bd.q<"pA">
    // expected-error @+1 {{holds for a time, not "pA"}}
    bd.hold @x for %a : !bd.q<"pA">
    bd.yield
  }
}

// -----

bd.model @M neuron {
  // expected-error @+1 {{a condition is i1}}
  bd.on when { %a = bd.const 1.0 : !bd.q<"1">  bd.yield %a : !bd.q<"1"> } do { bd.yield }
}

// -----

bd.network @Net {
  // expected-error @+1 {{random needs its number}}
  bd.project @p of "p" from @E to @E input @x connect "random"
}

// -----

bd.network @Net {
  // expected-error @+1 {{there is no rule of connection called small_world}}
  bd.project @p of "p" from @E to @E input @x connect "small_world"
}

// -----

// expected-error @+1 {{the duration is '!bd.q<"mV">', expected a quantity in "ms"}}
bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"mV">  bd.yield %0 : !bd.q<"mV"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.record "spikes(E)" of @E
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"mV">, hidden>
  bd.let @y : !bd.q<"mV"> {
    // expected-error @+1 {{the delay is '!bd.q<"mV">', expected a quantity in "ms"}}
    %0 = bd.past @x ago { %d = bd.get @x : !bd.q<"mV">  bd.yield %d : !bd.q<"mV"> } : !bd.q<"mV">
    bd.yield %0 : !bd.q<"mV">
  }
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"mV">, hidden>
  bd.let @y : !bd.q<"pA"> {
    // expected-error @+1 {{x is '!bd.state<!bd.q<"mV">, hidden>' but is read as '!bd.q<"pA">'}}
    %0 = bd.past @x ago { %d = bd.const 1.0 : !bd.q<"ms">  bd.yield %d : !bd.q<"ms"> } : !bd.q<"pA">
    bd.yield %0 : !bd.q<"pA">
  }
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{arguments are dictionaries, not "x"}}
  bd.request "summary" "rate" "rate(E)" ["x"]
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{an option has a name, a value and a unit}}
  bd.request "plot" "rate" "rate(E)" [{option = "bin", unit = "ms"}]
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{"nope" is not a unit}}
  bd.request "plot" "rate" "rate(E)" [{option = "bin", unit = "nope", value = 5.0 : f64}]
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{functional 0 is a dictionary of a function and its arguments}}
  bd.objective "x" [{arguments = [{record = 0 : i64}]}] { %0 = bd.const 0.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{functional 0 is made of functional 0, which does not stand before it}}
  bd.objective "x" [{function = "mean", arguments = [{functional = 0 : i64}]}] { %0 = bd.const 0.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{an argument of functional 0 is a record, a functional or a file with its unit}}
  bd.objective "x" [{function = "mean", arguments = [{file = "a.csv"}]}] { %0 = bd.const 0.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{has 2 parameters and 1 slices}}
  bd.fit [{name = "G", scalar = @G}, {name = "H", scalar = @H}] by "adam" {} {} slices { }
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{a parameter is a dictionary of a name and of a scalar, a connectome, or a population and its variable}}
  bd.fit [{name = "G", population = @E}] by "adam" {} {} slices { }
}

// -----

bd.experiment @run of @Net method "heun" for { %0 = bd.const 1.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> }
    step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  // expected-error @+1 {{is to a scalar}}
  bd.sensitivity of [0] to {name = "G"}
}
