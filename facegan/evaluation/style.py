"""How the report looks: light, with the fonts that a machine has."""

STYLE = """
:root { --ink: #16191f; --soft: #667085; --line: #e4e7ec; --accent: #1f5eff; --tint: #f2f6ff; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 40px 28px 80px; color: var(--ink); background: #fff;
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
h1 { margin: 2px 0 18px; font-size: 30px; letter-spacing: -.015em; }
h2 { margin: 46px 0 12px; padding-bottom: 8px; border-bottom: 1px solid var(--line); font-size: 20px; }
h3 { margin: 28px 0 8px; font-size: 16px; }
h3 small { margin-left: 6px; color: var(--soft); font-weight: 400; }
.kind { margin: 0; color: var(--accent); font-weight: 600; font-size: 13px; letter-spacing: .04em; }
header dl { display: flex; flex-wrap: wrap; gap: 10px 34px; margin: 0; }
header dt { color: var(--soft); font-size: 12px; }
header dd { margin: 0; font-weight: 500; }
.warning { margin: 22px 0 0; padding: 10px 14px; border-left: 4px solid #f5a524; border-radius: 4px;
  background: #fff8eb; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 9px 12px; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; font-size: 13px; vertical-align: bottom; }
th[scope=row] { text-align: left; font-weight: 500; }
th small, td small { display: block; color: var(--soft); font-weight: 400; font-size: 12px; }
td.model { font-weight: 650; }
.model { background: var(--tint); }
thead th.model { color: var(--accent); }
.judges { padding-left: 18px; color: var(--soft); }
img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; display: block; }
.three { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 16px; }
figure { margin: 0; }
figcaption { margin-bottom: 4px; color: var(--soft); font-size: 13px; text-transform: capitalize; }
.legend dt { margin-top: 12px; font-weight: 600; }
.legend dd { margin: 0; max-width: 80ch; }
.legend em { color: var(--soft); }
"""
