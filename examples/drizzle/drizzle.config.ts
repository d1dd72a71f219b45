// `npx drizzle-kit push` with this file leaves homer's tables alone: they belong to the extension.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: ["./application.ts", "./sequences.ts"],
  tablesFilter: ["!homer_*"],
  dbCredentials: { url: process.env.DATABASE_URL! },
});
