import { App, Button, Modal, Switch } from "antd"
import { useEffect, useState } from "react"
import { useTranslation } from "../i18n/use"
import { type Action, ACTIONS, conflict, DEFAULT_KEYS, keyName, normal, useKeySettings } from "./keys"

/** Lists the shortcuts, changes them, switches them off. */
export function KeysModal({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { on, chime, keymap, set } = useKeySettings()
  const [editing, setEditing] = useState<Action | null>(null)

  useEffect(() => {
    if (editing === null) return
    const capture = (event: KeyboardEvent) => {
      if (event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return
      event.preventDefault()
      event.stopPropagation()
      if (event.key === "Escape") {
        setEditing(null)
        return
      }
      const taken = conflict(event.key, editing, useKeySettings.getState().keymap)
      if (taken !== null) {
        void message.warning(t("agent.keys.taken", { key: keyName(event.key), what: t(taken === "reserved" ? "agent.keys.digits" : `agent.keys.${taken}`) }))
        return
      }
      set({ keymap: { ...useKeySettings.getState().keymap, [editing]: normal(event.key) } })
      setEditing(null)
    }
    window.addEventListener("keydown", capture, true)
    return () => window.removeEventListener("keydown", capture, true)
  }, [editing, message, set, t])

  return (
    <Modal open title={t("agent.keys.title")} onCancel={close} footer={<Button onClick={close}>{t("do.close")}</Button>} width={560}>
      <div className="row" style={{ marginBottom: 6 }}>
        <label className="row grow">
          <Switch checked={on} onChange={(value) => set({ on: value })} aria-label={t("agent.keys.on")} />
          {t("agent.keys.on")}
        </label>
        <label className="row">
          <Switch checked={chime} onChange={(value) => set({ chime: value })} aria-label={t("agent.chime")} />
          {t("agent.chime")}
        </label>
      </div>
      <p className="dim" style={{ marginTop: 0 }}>
        {t("agent.keys.more")}
      </p>
      <div className="key-list">
        {ACTIONS.map((action) => (
          <div key={action}>
            <span id={`key-${action}`}>{t(`agent.keys.${action}`)}</span>
            <Button size="small" className="key-cap" aria-describedby={`key-${action}`} onClick={() => setEditing(action)} disabled={!on}>
              {editing === action ? t("agent.keys.press") : keyName(keymap[action])}
            </Button>
          </div>
        ))}
        <div>
          <span>{t("agent.keys.digits")}</span>
          <kbd>1 … 0</kbd>
        </div>
        <div>
          <span>{t("agent.keys.escape")}</span>
          <kbd>Esc</kbd>
        </div>
      </div>
      <Button type="link" style={{ paddingInline: 0 }} onClick={() => set({ keymap: DEFAULT_KEYS })}>
        {t("agent.keys.restore")}
      </Button>
    </Modal>
  )
}
