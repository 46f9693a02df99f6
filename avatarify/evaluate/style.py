"""The report's style sheet: two colour schemes, chosen by the reader's system."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--page:#f7f6f3;--card:#fff;--ink:#1c1e22;--soft:#62676f;--rule:#e2e0da;
--driver:#1c1e22;--model:#1f6fd6;--affine:#c76a00;--unchanged:#9aa0a8;--warn:#9a3412}
@media (prefers-color-scheme:dark){:root{--page:#16181d;--card:#1e2128;--ink:#e8e6e1;--soft:#9aa0a8;--rule:#323742;
--driver:#e8e6e1;--model:#5ea4ff;--affine:#ffb454;--unchanged:#6d747e;--warn:#ffb48f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:32px 20px 64px}
header{margin-bottom:20px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px}h2{font-size:20px;margin:0 0 8px}h3{font-size:16px;margin:0 0 12px}
p{margin:0 0 12px;max-width:78ch}header p{color:var(--soft)}
section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:20px;margin:0 0 16px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:1px;padding:0;overflow:hidden;
background:var(--rule)}
.tiles div{background:var(--card);padding:14px 18px;display:flex;flex-direction:column}
.tiles span{color:var(--soft);font-size:13px}.tiles strong{font-size:27px;font-weight:650;line-height:1.3}
.tiles small{color:var(--soft);font-size:12px;line-height:1.35}
.scroll{overflow-x:auto;margin:0 0 14px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{text-align:right;padding:5px 10px;white-space:nowrap;border-bottom:1px solid var(--rule)}
th:first-child{text-align:left;padding-left:0}tbody th{font-weight:500}
thead th{color:var(--soft);font-weight:500;font-size:13px}th[title]{cursor:help}
tbody tr:last-child>*{border-bottom:0}th[colspan]{text-align:right}
img{display:block;width:100%;height:auto;border-radius:8px;margin:0 0 14px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(310px,1fr));gap:14px;margin:0 0 14px}
figure{margin:0}svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font-size:10px}svg .title{fill:var(--ink);font-size:11px;font-weight:600}
.grid{stroke:var(--rule)}.line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.driver{stroke:var(--driver)}.model{stroke:var(--model)}.affine{stroke:var(--affine)}.unchanged{stroke:var(--unchanged)}
.warn{color:var(--warn)}.warn ul{margin:4px 0 0;padding-left:20px}
dl{margin:0;display:grid;grid-template-columns:minmax(120px,210px) 1fr;gap:8px 20px}dt{font-weight:600}dd{margin:0;color:var(--soft)}
summary{cursor:pointer;color:var(--soft)}details .scroll{margin-top:10px}
@media (max-width:620px){dl{grid-template-columns:1fr;gap:2px}dd{margin-bottom:10px}section{padding:14px}.tiles{padding:0}}
"""
"""Colour names are those of the plots' lines: driver, model, affine, unchanged."""
