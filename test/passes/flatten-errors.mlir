// RUN: bdc-opt %s --bd-fold-units --bd-flatten --split-input-file --verify-diagnostics

bd.model @M neuron {
  bd.param @a : !bd.q<"1"> { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  bd.state @x : !bd.state<!bd.q<"1">, hidden>
}
bd.network @Net {
  bd.population @P of @M size { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  // expected-error @+1 {{P emits no events: its model M has no `emit spike`}}
  bd.project @p of "p" from @P to @P input @x connect "all_to_all"
}
bd.experiment @run of @Net method "euler"
    for { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.record "P.x" of @P : !bd.q<"1"> value { %0 = bd.get @x : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"1">, hidden> { %0 = bd.get @y : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  // expected-error @+1 {{the initial value of y depends on itself}}
  bd.state @y : !bd.state<!bd.q<"1">, hidden> { %0 = bd.get @y : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}
bd.network @Net {
  bd.population @P of @M size { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}
bd.experiment @run of @Net method "euler"
    for { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.record "P.x" of @P : !bd.q<"1"> value { %0 = bd.get @x : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}

// -----

bd.model @M neuron {
  bd.state @x : !bd.state<!bd.q<"1">, hidden>
  bd.on when {
    %x = bd.get @x : !bd.q<"1">
    %0 = bd.cmp gt %x, %x : !bd.q<"1">, !bd.q<"1">
    bd.yield %0 : i1
  } do { bd.emit  bd.yield }
}
bd.model @S synapse {
  bd.state @s : !bd.state<!bd.q<"1">, hidden>
  bd.on do {
    %w = bd.weight : !bd.q<"1">
    bd.set @s, %w : !bd.q<"1">
    bd.yield
  }
  bd.output "s" : !bd.q<"1"> { %0 = bd.get @s : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
}
bd.model @N neuron {
  bd.input @I : !bd.q<"1">
  bd.state @x : !bd.state<!bd.q<"1">, hidden>
}
bd.network @Net {
  bd.population @P of @M size { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  bd.population @Q of @N size { %0 = bd.const 1.0 : !bd.q<"1">  bd.yield %0 : !bd.q<"1"> }
  // expected-error @+1 {{with drawn delays, events that are due together act together}}
  bd.project @p of "p" from @P to @Q input @I connect "all_to_all" synapse @S
    weight { %w = bd.const 1.0 : !bd.q<"1">  bd.yield %w : !bd.q<"1"> }
    delay {
      %m = bd.const 1.0 : !bd.q<"ms">
      %0 = bd.random exponential(%m) purpose "d" draw 0 : (!bd.q<"ms">) -> !bd.q<"ms">
      bd.yield %0 : !bd.q<"ms">
    } attributes {delay_per_edge}
}
bd.experiment @run of @Net method "euler"
    for { %0 = bd.const 10.0 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } step { %0 = bd.const 0.1 : !bd.q<"ms">  bd.yield %0 : !bd.q<"ms"> } {
  bd.record "spikes(P)" of @P
}
