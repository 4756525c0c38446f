import { theme as antTheme, type ThemeConfig } from "antd"

export type Appearance = "light" | "dark"

const FONT =
  '"Inter", "Segoe UI", -apple-system, BlinkMacSystemFont, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif'

/** One palette: warm paper, ink, and pine for what can be pressed. States have colours of their own in app.css. */
export function themeOf(appearance: Appearance): ThemeConfig {
  const dark = appearance === "dark"
  return {
    algorithm: dark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
    token: {
      fontFamily: FONT,
      fontSize: 14,
      borderRadius: 6,
      controlHeight: 32,
      wireframe: false,
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.16s",
      colorPrimary: dark ? "#33857a" : "#17605a",
      colorInfo: dark ? "#6ea3e6" : "#1a4f9c",
      colorSuccess: dark ? "#5fb56c" : "#23722f",
      colorWarning: dark ? "#dda24a" : "#9a5b00",
      colorError: dark ? "#f0857a" : "#b3261e",
      colorLink: dark ? "#6cc3b5" : "#17605a",
      colorBgLayout: dark ? "#12171a" : "#f3f1ec",
      colorBgContainer: dark ? "#1a2124" : "#ffffff",
      colorBgElevated: dark ? "#212a2d" : "#ffffff",
      colorBorder: dark ? "#3a464a" : "#d5d1c6",
      colorBorderSecondary: dark ? "#2b3539" : "#e7e3d9",
      colorText: dark ? "#e6e9e8" : "#1f272b",
      colorTextSecondary: dark ? "#b3bdbc" : "#525c62",
      colorTextTertiary: dark ? "#96a3a3" : "#636d73",
      colorTextDescription: dark ? "#a3afae" : "#5b656b",
      colorTextPlaceholder: dark ? "#84908f" : "#6c757b",
    },
    components: {
      Table: {
        headerBg: dark ? "#20292c" : "#f7f5f0",
        headerColor: dark ? "#b3bdbc" : "#4a545a",
        headerSplitColor: "transparent",
        cellPaddingBlockSM: 6,
        cellPaddingInlineSM: 10,
        rowHoverBg: dark ? "#222c2f" : "#f8f6f1",
      },
      Card: { headerFontSize: 14, headerHeight: 40, bodyPadding: 14 },
      Menu: { itemHeight: 34, itemBorderRadius: 6 },
      Tabs: {
        horizontalMargin: "0 0 12px 0",
        ...(dark ? { itemSelectedColor: "#6cc3b5", itemHoverColor: "#8fd6ca", itemActiveColor: "#6cc3b5", inkBarColor: "#6cc3b5" } : {}),
      },
      Form: { itemMarginBottom: 16, verticalLabelPadding: "0 0 4px" },
      Drawer: { paddingLG: 20 },
      Descriptions: { itemPaddingBottom: 8 },
      Tag: { defaultBg: dark ? "#2a3437" : "#f0eee7", defaultColor: dark ? "#d5dcdb" : "#3b454b" },
    },
  }
}
