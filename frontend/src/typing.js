// Whether a key that was pressed belongs to what has the focus, so that no shortcut may take it.

export const isTyping = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable], [role=slider], dialog"));
